"""All runs: a table, their curves over each other, what they cost and reach, one against another."""

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.markdown import sentence
from playground.app.runs.deleting import delete_buttons
from playground.app.runs.table import runs_table
from playground.app.runs.view import bring_in, details, forks, overlay, picture, settings_table
from playground.app.shared.cache import lab
from playground.app.shared.runs import train_link
from playground.app.shared.session import session
from playground.app.shared.warmup import warmed_up
from playground.app.train.coach_panel import coach_panel

here, tab = lab(), session()
listed = here.library.found()
found = listed.runs
st.title("Runs")
if listed.notice:
    st.warning(sentence(listed.notice), icon=":material/database:")
for problem in listed.problems:
    st.caption(f":material/warning: {sentence(problem)}")
if not found:
    st.info("No run yet. Train one, and it appears here.", icon=":material/model_training:")
    train_link()

with show_errors():
    bring_in(here)
    chosen = runs_table(tab, found, listed.abouts) if found else []
    delete_buttons(here, tab, chosen)
    if len(chosen) == 1:
        details(here, tab, chosen[0])
        coach_panel(here, tab, chosen[0])
    if chosen:
        st.subheader("Curves")
        overlay(chosen)
        st.subheader("Settings")
        settings_table(chosen)
    if len(chosen) == 2 and all(run.test_accuracy is not None for run in chosen) and warmed_up(here):
        from playground.app.runs.versus_view import versus_view  # imports torch, which is there by now

        st.subheader("A against B")
        versus_view(here, chosen[0], chosen[1], found)
    elif chosen:
        st.caption("Choose two finished runs to compare them image by image.")
    forks(found, chosen)
    st.subheader("Cost and accuracy")
    if warmed_up(here):
        from playground.app.runs.published import reported_systems

        picture(found, reported_systems())
