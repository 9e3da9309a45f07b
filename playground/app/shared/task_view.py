"""Work in the background: a button to start it, how far it is, a button to cancel it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.main_button import main_button
from playground.app.components.markdown import sentence
from playground.app.components.refresh import auto_refresh
from playground.app.shared.words import duration
from playground.system.thread_job import ThreadJob


def task_view(task: ThreadJob, label: str, start: Callable[[], None], explanation: str) -> None:
    """While it runs: progress, time left, cancel. Else what it would do, and the button that begins it.

    When it ends, the page is drawn once more.
    """
    if task.progress.running:
        auto_refresh(lambda: _running(task), live=True)
        return
    st.caption(explanation)
    if task.progress.fault:
        st.warning(sentence(task.progress.fault), icon=":material/info:")
    if st.button(label, icon=":material/play_arrow:", type=main_button(), key=f"start-{label}"):
        with show_errors():
            start()
            st.rerun()


def _running(task: ThreadJob) -> None:
    now = task.progress
    if not now.running:
        st.rerun()
    left = "" if now.seconds_left is None else f" · {duration(now.seconds_left)} left"
    st.progress(min(1.0, now.share), f"{sentence(now.doing)} · {now.share:.0%}{left}")
    st.button("Cancel", icon=":material/stop:", on_click=task.cancel, key="cancel_task",
              help="What is done is kept, and the work goes on from there another time.")  # fmt: skip
