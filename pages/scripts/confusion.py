"""Which classes a network takes for which, and how sure it is."""

import streamlit as st

from playground.app.shared.cache import lab
from playground.app.shared.inspection import inspected
from playground.app.shared.session import session

st.title("Confusion")
tab = session()
seen = inspected(lab(), tab)
if seen is not None:
    from playground.app.inspect.calibration_view import (  # imports torch, which is there by now
        calibration_view,
        course_view,
    )
    from playground.app.inspect.confusion_view import confusion_view

    confusion_view(lab(), tab, seen)
    course_view(lab(), seen)
    calibration_view(seen)
