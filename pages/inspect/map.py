"""The images as a network sees them, laid out in a plane."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.inspection import inspected
from playground.ui.session import session

st.title("Map")
tab = session()
seen = inspected(lab(), tab)
if seen is not None:
    from playground.ui.map_view import map_view  # imports torch, which is there by now

    map_view(lab(), tab, seen)
