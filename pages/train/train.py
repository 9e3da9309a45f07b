"""Describe a network, train it in the background, watch it."""

import streamlit as st

from playground.core.run import Run
from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.forms import experiment_form
from playground.ui.live import run_panel, watched
from playground.ui.network_view import network_panel
from playground.ui.runs import chosen_run
from playground.ui.session import session

here, tab = lab(), session()
with st.sidebar, st.container(key="experiment"):
    start = st.container()
    experiment = experiment_form(tab)
    if (
        start.button(
            "Start training",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            disabled=experiment is None,
            help="Trains in the background; other pages stay usable, and closing the tab does not stop it.",
        )
        and experiment
    ):
        with told():
            tab.run = here.start(experiment)

st.title("Train")
with st.container(key="network"):
    network_panel(here, experiment)

run: Run | None = chosen_run(here, tab)
if run is None:
    st.info(
        "No run yet. Press **Start training** in the sidebar: loss and accuracy are drawn here while it learns."
    )
else:
    watched(lambda: run_panel(here, run.run, run.state.is_live), run.state.is_live)
