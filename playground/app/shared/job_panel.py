"""Work in the background on a page: how far it is, how long it will take, a button to cancel it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.main_button import main_button
from playground.app.components.markdown import sentence
from playground.app.components.refresh import auto_refresh
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob, Progress

T = TypeVar("T")
_PATIENCE = 0.3  # seconds in which most things are there: no bar that flashes by
_LOOK_UP = 0.4  # seconds


def awaited(job: BackgroundJob[T], words: str = "") -> T | None:
    """The result of a background job; None, and how far it is, until it is there.

    Args:
        words: What is being done, where the page knows more than the job.

    Raises:
        PlaygroundError: What went wrong with it.
    """
    return arrived([job], words)[0]


def arrived(jobs: Sequence[BackgroundJob[T]], words: str = "") -> list[T | None]:
    """The results of several background jobs, None for those to come; a bar while there are any.

    Raises:
        PlaygroundError: What went wrong with one of them.
    """
    for job in jobs:
        job.wait(_PATIENCE / len(jobs))
    if any(not job.is_over for job in jobs):
        job_panel(jobs, words)
    return [job.result() if job.is_over else None for job in jobs]


def job_panel(
    jobs: Sequence[BackgroundJob[Any]],
    words: str = "",
    behind: str = "",
    cancel: str = "",
    kept: str | None = None,
) -> None:
    """How far they are, every now and then; this also tells them that somebody still waits.

    When they are over the page is drawn once more.

    Args:
        words: What is being done; else what the first of them says.
        behind: Stands behind it.
        cancel: The key of the button that cancels them; none without.
        kept: What becomes of what was done, for who is about to press it.
    """

    def give_up() -> None:
        for job in jobs:
            job.cancel()

    def panel() -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            progress_bar(together(jobs, words), behind)
            if cancel:
                st.button("Cancel", icon=":material/close:", key=cancel, on_click=give_up, help=kept)
        for job in jobs:
            job.keep_alive()
        if all(job.is_over for job in jobs):
            st.rerun()

    auto_refresh(panel, live=True, every=_LOOK_UP)


def together(jobs: Sequence[BackgroundJob[Any]], words: str = "") -> Progress:
    """How far several jobs are that are worked on one after the other, or a single one."""
    progress = jobs[0].progress
    words = words or progress.words
    if len(jobs) == 1:
        return Progress(progress.fraction, words, progress.seconds_left)
    done, spent = sum(job.progress.fraction for job in jobs) / len(jobs), sum(job.seconds for job in jobs)
    return Progress(done, words, spent * (1 - done) / done if done and spent > 1 else None)


def progress_bar(progress: Progress, behind: str = "") -> None:
    """A bar with its words."""
    st.progress(min(1.0, progress.fraction), sentence(progress.line) + behind, width="stretch")


def start_panel(thread: JobThread[None], label: str, start: Callable[[], object], explanation: str) -> None:
    """While a job runs: how far it is. Else what it would do, and the button that begins it."""
    job = thread.job
    if job is not None and not job.is_over:
        kept = "What is done is kept, and the work goes on from there another time."
        job_panel([job], cancel="cancel_task", kept=kept)
        return
    st.caption(explanation)
    if job is not None and job.failed:
        told = "Cancelled. What was done is kept." if job.fault is None else sentence(job.fault)
        st.warning(told, icon=":material/info:")
    if st.button(label, icon=":material/play_arrow:", type=main_button(), key=f"start-{label}"):
        with show_errors():
            start()
            st.rerun()
