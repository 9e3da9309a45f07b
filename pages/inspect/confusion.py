"""Which classes a network takes for which."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.inspection import inspected
from playground.ui.session import session

st.title("Confusion")
seen = inspected(lab(), session())
if seen is not None:
    from playground.ui.confusion_view import confusion_view  # imports torch, which is there by now

    confusion_view(seen)
