"""The images as a network sees them, laid out in a plane."""

import streamlit as st

from playground.app.shared.cache import lab
from playground.app.shared.inspection import inspected
from playground.app.shared.session import session

st.title("Map")
tab = session()
seen = inspected(lab(), tab)
if seen is not None:
    from playground.app.map.view import map_view  # imports torch, which is there by now

    map_view(lab(), tab, seen)
