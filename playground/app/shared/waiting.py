"""Waiting for what is worked out in the background: a progress bar, and the page once more when it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from playground.app.components.refresh import auto_refresh
from playground.app.shared.words import roughly
from playground.system.jobs import BackgroundJob

T = TypeVar("T")
_PATIENCE = 0.3  # seconds in which most things are there: no bar that flashes by


def awaited(job: BackgroundJob[T], words: str) -> T | None:
    """The result of a background job; None, and how far it is, until it is there.

    Raises:
        PlaygroundError: What went wrong with it.
    """
    return arrived([job], words)[0]


def arrived(jobs: Sequence[BackgroundJob[T]], words: str) -> list[T | None]:
    """The results of several background jobs, None for those to come; a bar while there are any.

    Raises:
        PlaygroundError: What went wrong with one of them.
    """
    for job in jobs:
        job.wait(_PATIENCE / len(jobs))
    if any(not job.is_over for job in jobs):
        _bar(jobs, words)
    return [job.result() if job.is_over else None for job in jobs]


def _bar(jobs: Sequence[BackgroundJob[T]], words: str) -> None:
    """Show how far they are, every now and then; this also tells them that somebody still waits."""

    def tick() -> None:
        for job in jobs:
            job.keep_alive()
        done = sum(job.fraction for job in jobs) / len(jobs)
        spent = sum(job.seconds for job in jobs)
        left = f", {roughly(spent * (1 - done) / done)} left" if done and spent > 1 else ""
        st.progress(min(1.0, done), text=f"{words}{left}")
        if all(job.is_over for job in jobs):
            st.rerun()

    auto_refresh(tick, live=True, every=0.4)
