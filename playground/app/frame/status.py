"""What goes on in the background, on every page: a run being trained, images being fetched."""

from __future__ import annotations

import functools
from pathlib import Path

import streamlit as st

from playground.app.components.markdown import sentence
from playground.app.components.refresh import auto_refresh
from playground.app.shared.job_panel import progress_bar
from playground.app.shared.navigation import TRAIN
from playground.app.shared.words import SAMPLE, state_line
from playground.data.sources.datasets import DataStatus
from playground.lab.lab import Lab
from playground.system.jobs import Progress

_STYLE = Path(__file__).with_suffix(".css")


def live_status(lab: Lab) -> None:
    """One line for each run that is trained or waits, and leads to it; nothing at all if there is none."""
    if not lab.library.live():
        return

    def panel() -> None:
        now = lab.library.live()
        with st.container(key="live_status"):
            st.html(_STYLE)
            for snapshot in now:
                st.page_link(
                    TRAIN.script,
                    label=state_line(lab, snapshot),
                    query_params={"run": snapshot.run.run},
                    help="Look at this run",
                )
        if not now:
            st.rerun()

    auto_refresh(panel, live=True)


def data_status(lab: Lab) -> None:
    """Where the images come from, as long as that is not the whole, verified set."""
    status = lab.datasets.status()
    waiting = status.state in ("unknown", "fetching")

    def panel() -> None:
        now = lab.datasets.status()
        _data_line(lab, now)
        if waiting and now.state not in ("unknown", "fetching"):
            if now.name == "full":
                st.toast(f"{sentence(now.message)} New runs train on them.", icon=":material/database:")
            st.rerun()

    auto_refresh(panel, waiting, every=0.5)


def _data_line(lab: Lab, status: DataStatus) -> None:
    again = functools.partial(lab.datasets.start_fetching, again=True)
    message = sentence(status.message)  # it names files, and what is in them
    if status.state == "fetching":
        progress_bar(Progress(status.progress or 0.0, status.message, status.seconds_left))
    elif status.refused:
        st.error(message, icon=":material/database_off:")
        st.button("Read the folder again", on_click=again)
    elif status.state == "failed":
        st.info(f"{message} Runs are trained on {SAMPLE}.", icon=":material/database:")
        st.button("Look for the full set again", on_click=again)
    for problem in status.problems:
        st.caption(f":material/warning: {sentence(problem)}")
