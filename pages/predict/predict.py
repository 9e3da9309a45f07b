"""Show a network a garment of your own."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.inspection import warmed_up
from playground.ui.runs import pick_run
from playground.ui.session import session

st.title("Predict")
here, tab = lab(), session()
run = pick_run(here, tab) if warmed_up(here) else None
if run is not None:
    from playground.ui.answer import show_answer, show_seen  # imports torch, which is there by now
    from playground.ui.pictures import choose_picture

    left, middle, right = st.columns([5, 3, 5], gap="medium")
    with left:
        choose_picture(here, tab)
    with middle, st.container(key="seen"):
        show_seen(tab.picture)
    with right, st.container(key="answer"), told():
        show_answer(here, run, tab.picture)
