"""The data set: its classes, its images, and where they come from."""

import streamlit as st

from playground.app.shared.cache import lab
from playground.app.shared.warmup import warmed_up

st.title("Garments")
if warmed_up(lab()):
    from playground.app.inspect.garments_view import garments_view  # imports torch, which is there by now

    garments_view(lab())
