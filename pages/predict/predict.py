"""Show a network a garment of your own."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.live import pinboard_view
from playground.ui.moment import pick_moment
from playground.ui.runs import for_pictures
from playground.ui.session import session
from playground.ui.warmup import warmed_up

st.title("Predict")
here, tab = lab(), session()
moment = pick_moment(here, tab, need="weights", preferred=for_pictures) if warmed_up(here) else None
if moment is not None:
    from playground.ui.bench import bench  # imports torch, which is there by now

    bench(here, tab, moment)
    pinboard_view(here, tab, moment.run)
