"""What goes on in the background, on every page: a run being trained, images being fetched."""

from __future__ import annotations

import streamlit as st

from playground.services.datasets import DataStatus
from playground.services.lab import Lab
from playground.ui.live import state_line, watched


def live_status(lab: Lab) -> None:
    """One line for each run that is trained or waits; nothing if there is none."""
    live = bool(lab.live())

    def panel() -> None:
        now = lab.live()
        for snapshot in now:
            st.caption(state_line(lab, snapshot))
        if live and not now:
            st.rerun()

    watched(panel, live)


def data_status(lab: Lab) -> None:
    """Where the images come from, as long as that is not the whole, verified set."""
    status = lab.datasets.status()
    waiting = status.state in ("unknown", "fetching")

    def panel() -> None:
        now = lab.datasets.status()
        _data_line(now)
        if waiting and now.state not in ("unknown", "fetching"):
            st.rerun()

    watched(panel, waiting, every=0.5)


def _data_line(status: DataStatus) -> None:
    if status.state == "fetching":
        st.progress(status.progress or 0.0, text=status.message)
    elif status.name != "full" and status.message:
        st.info(status.message, icon=":material/database:")
    for problem in status.problems:
        st.caption(f":material/warning: {problem}")
