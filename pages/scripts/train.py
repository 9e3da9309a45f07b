"""Describe a network, train it in the background, watch it."""

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.main_button import main_button
from playground.app.components.markdown import sentence
from playground.app.shared.cache import lab
from playground.app.shared.runs import offer_interrupted, watch, watched_run
from playground.app.shared.session import session
from playground.app.shared.share import link_button, open_link
from playground.app.train.forms import experiment_form
from playground.app.train.live_run import run_view
from playground.app.train.network_view import network_panel

here, tab = lab(), session()
with st.sidebar, st.container(key="experiment"):
    open_link(tab)
    top = st.container()
    drafted = experiment_form(here, tab)
    if drafted.complaint:
        top.caption(f":material/error: {sentence(drafted.complaint)}")
    start = top.button(
        "Start training",
        icon=":material/play_arrow:",
        type=main_button(),
        width="stretch",
        disabled=bool(drafted.complaint),
        help="Trains in the background; other pages stay usable, and closing the tab does not stop it.",
    )
    link_button(drafted.experiment)

st.title("Train")
with show_errors():
    if start and drafted.experiment:
        watch(tab, here.trainer.start(drafted.experiment))
        tab.steps += 1
        tab.shut += 1
        st.toast("Training has started; it is shown on this page.", icon=":material/play_arrow:")
with st.container(key="network"):
    network_panel(here, drafted)

run = watched_run(here, tab)
offer_interrupted(here, tab, run)
if run is None:
    st.info(
        "No run yet. Press **Start training** in the sidebar: loss and accuracy are drawn here during the "
        "training."
    )
else:
    run_view(here, tab, run)
