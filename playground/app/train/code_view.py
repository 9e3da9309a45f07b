"""The generated script. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st

from playground.app.shared.session import Session
from playground.app.shared.words import run_labels
from playground.experiment.experiment import Experiment
from playground.experiment.presets import name_for
from playground.export.train_script import script
from playground.lab.lab import Lab

_DRAFT = "draft"


def code_view(lab: Lab, tab: Session) -> None:
    """Choose an experiment, read its script, take it away.

    Raises:
        ExperimentError: The experiment in the sidebar cannot be as it is.
    """
    runs = {run.run: run for run in reversed(lab.library.runs())}
    labels = run_labels(runs.values())

    def label(choice: str) -> str:
        return "the experiment on the Train page" if choice == _DRAFT else labels.get(choice, choice)

    choice = st.sidebar.selectbox(
        "Experiment", (_DRAFT, *runs), format_func=label, key="code_of", persist_state="session",
        help="The experiment in the sidebar of the Train page, or that of a run.",
    )  # fmt: skip
    experiment = Experiment.parse(tab.draft) if choice == _DRAFT else runs[choice].experiment
    text = script(experiment, name_for(experiment))
    st.download_button(
        "train.py", text, "train.py", "text/x-python", icon=":material/download:", on_click="ignore"
    )
    st.caption(
        "It needs only torch and torchvision. Network, optimizer, schedule and augmentation are the same. Initial "
        "weights and held-out images differ, so the accuracy is about the same, and the weights are not."
    )
    with st.container(key="code"):
        st.code(text, language="python", line_numbers=True)
