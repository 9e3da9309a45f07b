"""Show a network a garment of your own."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.inspection import warmed_up
from playground.ui.live import pinboard_view
from playground.ui.runs import pick_run
from playground.ui.session import session

st.title("Predict")
here, tab = lab(), session()
run = pick_run(here, tab) if warmed_up(here) else None
if run is not None:
    from playground.ui.bench import bench  # imports torch, which is there by now

    bench(here, tab, run)
    pinboard_view(here, tab, run)
