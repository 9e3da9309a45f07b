"""Show a network a garment of your own."""

import streamlit as st

from playground.app.shared.cache import lab
from playground.app.shared.runs import for_pictures
from playground.app.shared.selected_epoch import pick_selected_epoch
from playground.app.shared.session import session
from playground.app.shared.warmup import warmed_up
from playground.app.train.live_run import pinboard_view

st.title("Predict")
here, tab = lab(), session()
selected = pick_selected_epoch(here, tab, need="weights", preferred=for_pictures) if warmed_up(here) else None
if selected is not None:
    from playground.app.predict.view import bench  # imports torch, which is there by now

    bench(here, tab, selected)
    pinboard_view(here, tab, selected.run)
