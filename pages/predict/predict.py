"""Show a network a garment of your own."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.inspection import warmed_up
from playground.ui.live import pinboard_view
from playground.ui.moment import pick_moment
from playground.ui.session import session

st.title("Predict")
here, tab = lab(), session()
moment = pick_moment(here, tab, need="weights") if warmed_up(here) else None
if moment is not None:
    from playground.ui.answer import show_answer, show_seen  # imports torch, which is there by now
    from playground.ui.doctor import album_panel, epochs_panel, likeness_panel, networks_panel
    from playground.ui.pictures import choose_picture

    left, middle, right = st.columns([5, 3, 5], gap="medium")
    with left, told():
        choose_picture(here, tab)
        album_panel(here, moment, tab)
    with middle, st.container(key="seen"), told():
        show_seen(here, moment, tab)
    with right, st.container(key="answer"), told():
        show_answer(here, moment, tab.picture)
    if tab.picture is not None and tab.picture.prepared is not None:
        with right, told():
            networks_panel(here, moment, tab.picture)
            epochs_panel(here, moment.run, tab.picture)
        st.subheader("Does it look like the data?")
        with told():
            likeness_panel(here, moment.run, tab.picture)
    pinboard_view(here, tab, moment.run)
