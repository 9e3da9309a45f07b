"""The images a network got wrong."""

import streamlit as st

from playground.app.shared.cache import lab
from playground.app.shared.inspection import inspected
from playground.app.shared.session import session

st.title("Failures")
tab = session()
seen = inspected(lab(), tab)
if seen is not None:
    from playground.app.inspect.failures_view import failures_view  # imports torch, which is there by now

    failures_view(lab(), tab, seen)
