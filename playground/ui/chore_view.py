"""Work in the background: a button to start it, how far it is, a button to cancel it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.services.chore import Chore
from playground.ui.errors import told
from playground.ui.live import watched
from playground.ui.words import duration


def chore_view(chore: Chore, label: str, start: Callable[[], None], explanation: str) -> None:
    """While it runs: progress, time left, cancel. Else what it would do, and the button that begins it.

    When it ends, the page is drawn once more.
    """
    if chore.progress.running:
        watched(lambda: _running(chore), live=True)
        return
    st.caption(explanation)
    if chore.progress.fault:
        st.warning(chore.progress.fault, icon=":material/info:")
    if st.button(label, icon=":material/play_arrow:", type="primary", key=f"start-{label}"):
        with told():
            start()
            st.rerun()


def _running(chore: Chore) -> None:
    now = chore.progress
    if not now.running:
        st.rerun()
    left = "" if now.seconds_left is None else f" · {duration(now.seconds_left)} left"
    st.progress(min(1.0, now.share), f"{now.doing} · {now.share:.0%}{left}")
    st.button("Cancel", icon=":material/stop:", on_click=chore.cancel, key="cancel_chore",
              help="What is done is kept, and the work goes on from there another time.")  # fmt: skip
