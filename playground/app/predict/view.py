"""The Predict page's bench: a garment, what the network sees of it, and the answer. Imports torch."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.predict.answer import show_answer, show_seen
from playground.app.predict.pictures import choose_picture
from playground.app.predict.preparation_panel import album_panel, epochs_panel, networks_panel, typicality_panel
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.session import Session
from playground.lab.lab import Lab


@st.fragment
def bench(lab: Lab, tab: Session, selected: SelectedEpoch) -> None:
    """Everything that follows a stroke. A stroke draws this anew, and not the frame around it."""
    with show_errors():
        live = selected.run.state.is_live
        _drawn(lab, tab, replace(selected, run=lab.library.run(selected.run.run)) if live else selected)


def _drawn(lab: Lab, tab: Session, selected: SelectedEpoch) -> None:
    """The answer comes before all that takes longer: it is waited for."""
    left, middle, right = st.columns([6, 3, 5], gap="medium")
    with left, show_errors():
        choose_picture(lab, tab)
    with right, st.container(key="answer"), show_errors():
        show_answer(lab, selected, tab.picture)
    with middle, st.container(key="seen"), show_errors():
        show_seen(lab, selected, tab)
    with left, show_errors():
        album_panel(lab, selected, tab)
    if tab.picture is not None and tab.picture.prepared is not None:
        with right, show_errors():
            networks_panel(lab, selected, tab.picture)
            epochs_panel(lab, selected, tab.picture)
        st.subheader("How typical is this picture?")
        with show_errors():
            typicality_panel(lab, selected.run, tab.picture)
