"""Experiments in links: one that came with the address, and one to give away."""

from __future__ import annotations

import streamlit as st

from playground.app.components.markdown import sentence
from playground.app.shared.address import write
from playground.app.shared.fields import in_screen_words
from playground.app.shared.session import Session
from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.link import from_word, to_word
from playground.experiment.presets import name_for

PARAMETER = "experiment"


def open_link(session: Session) -> None:
    """Put the experiment of the address into the sidebar, once; say so, or why it cannot be."""
    word = st.query_params.get(PARAMETER)
    if word is not None:
        write(PARAMETER, None)
        try:
            experiment = from_word(word)
        except ExperimentError as error:
            session.notice = (
                f"The link contains no experiment. {in_screen_words(str(error))} The sidebar is unchanged."
            )
        else:
            session.replace(experiment.model_dump(mode="json"))
            session.notice = f"From the link: {name_for(experiment)}. Undo restores the previous settings."
    if session.notice:
        st.info(sentence(session.notice), icon=":material/link:")
        if st.button("Understood", key="notice", type="tertiary"):
            session.notice = ""
            st.rerun()


def link_button(experiment: Experiment | None) -> None:
    """A link that opens this experiment in somebody else's sidebar."""
    with st.popover("Link", icon=":material/link:", disabled=experiment is None):
        st.caption(
            "Opens this experiment in the sidebar of any playground: replace the part before `?` with its address."
        )
        if experiment is not None:
            address = (st.context.url or "").split("?")[0].rstrip(
                "/"
            ) + "/"  # a proxy may know the app by it alone
            st.code(f"{address}?{PARAMETER}={to_word(experiment)}", language=None, wrap_lines=True)
            st.download_button(
                "As a file", experiment.model_dump_json(indent=1), "experiment.json", "application/json",
                icon=":material/download:", on_click="ignore",
                help="For `python -m playground train experiment.json`.",
            )  # fmt: skip
