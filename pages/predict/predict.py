"""Show a network a garment of your own."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.inspection import warmed_up
from playground.ui.live import pinboard_view
from playground.ui.runs import pick_run
from playground.ui.session import session

st.title("Predict")
here, tab = lab(), session()
run = pick_run(here, tab) if warmed_up(here) else None
if run is not None:
    from playground.ui.answer import show_answer, show_seen  # imports torch, which is there by now
    from playground.ui.doctor import album_panel, epochs_panel, likeness_panel, networks_panel
    from playground.ui.pictures import choose_picture

    @st.fragment  # a stroke draws this anew and not the frame; what takes time comes behind the answer
    def bench() -> None:
        asked = here.run(run.run) if run.state.is_live else run
        left, middle, right = st.columns([6, 3, 5], gap="medium")
        with left, told():
            choose_picture(here, tab)
        with right, st.container(key="answer"), told():
            show_answer(here, asked, tab.picture)
        with middle, st.container(key="seen"), told():
            show_seen(here, asked, tab)
        with left, told():
            album_panel(here, asked, tab)
        if tab.picture is not None and tab.picture.prepared is not None:
            with right, told():
                networks_panel(here, asked, tab.picture)
                epochs_panel(here, asked, tab.picture)
            st.subheader("Does it look like the data?")
            with told():
                likeness_panel(here, asked, tab.picture)

    bench()
    pinboard_view(here, tab, run)
