"""Which run is looked at: in the URL, else the tab's last, else the newest."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.core.run import Run
from playground.errors import RunNotFoundError
from playground.services.lab import Lab
from playground.ui.session import Session


def chosen_run(lab: Lab, tab: Session) -> Run | None:
    """The run of this tab, kept in the URL so that a reload and a link find it again."""
    wanted = tab.run or st.query_params.get("run") or _newest(lab)
    if wanted is None:
        return None
    try:
        run = lab.run(wanted)
    except RunNotFoundError as error:
        st.warning(f"{error} The newest run is shown instead.")
        tab.run = newest = _newest(lab)
        st.query_params.pop("run", None)
        return lab.run(newest) if newest else None
    tab.run = run.run
    st.query_params["run"] = run.run
    return run


def _newest(lab: Lab) -> str | None:
    live = lab.live()
    if live:
        return live[0].run.run
    runs = lab.runs()
    return runs[-1].run if runs else None


def pick_run(lab: Lab, tab: Session, usable: Callable[[Run], bool] = lambda run: run.has_weights) -> Run | None:
    """A select box of the runs that can be looked at, newest first; None and what to do if there is none."""
    for problem in lab.problems():
        st.sidebar.caption(f":material/warning: {problem}")
    runs = [run for run in reversed(lab.runs()) if usable(run)]
    if not runs:
        st.info(
            "There is nothing to look at yet: train a network first. One finished epoch is enough.",
            icon=":material/model_training:",
        )
        st.page_link("pages/train/train.py", label="Train a network", icon=":material/model_training:")
        return None
    names = [run.run for run in runs]
    wanted = tab.run or st.query_params.get("run")
    index = names.index(wanted) if wanted in names else 0
    by_name = {run.run: run for run in runs}
    chosen = st.sidebar.selectbox(
        "Run", names, index, format_func=lambda name: run_label(by_name[name]), key="picked_run",
        help="Newest first. Any run that finished at least one epoch can be looked at.",
    )  # fmt: skip
    tab.run = chosen
    st.query_params["run"] = chosen
    return by_name[chosen]


def run_label(run: Run) -> str:
    """A run in a list: its name, how well it does, when it was made."""
    accuracy = run.validation_accuracy if run.validation_accuracy is not None else run.test_accuracy
    score = f" · {accuracy:.2%}" if accuracy is not None else ""
    return f"{run.name}{score} · {run.created:%d %b %H:%M}"
