"""Waiting for what is worked out in the background: a progress bar, and the page once more when it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from playground.app.components.refresh import watched
from playground.app.shared.words import roughly
from playground.system.jobs import BackgroundJob

T = TypeVar("T")
_PATIENCE = 0.3  # seconds in which most things are there: no bar that flashes by


def awaited(chore: BackgroundJob[T], words: str) -> T | None:
    """The result of a chore; None, and how far it is, until it is there.

    Raises:
        PlaygroundError: What went wrong with it.
    """
    return arrived([chore], words)[0]


def arrived(chores: Sequence[BackgroundJob[T]], words: str) -> list[T | None]:
    """The results of several chores, None for those to come; a bar while there are any.

    Raises:
        PlaygroundError: What went wrong with one of them.
    """
    for chore in chores:
        chore.wait(_PATIENCE / len(chores))
    if any(not chore.is_over for chore in chores):
        _bar(chores, words)
    return [chore.result() if chore.is_over else None for chore in chores]


def _bar(chores: Sequence[BackgroundJob[T]], words: str) -> None:
    """Show how far they are, every now and then; this also tells them that somebody still waits."""

    def tick() -> None:
        for chore in chores:
            chore.still_wanted()
        done = sum(chore.fraction for chore in chores) / len(chores)
        spent = sum(chore.seconds for chore in chores)
        left = f", {roughly(spent * (1 - done) / done)} left" if done and spent > 1 else ""
        st.progress(min(1.0, done), text=f"{words}{left}")
        if all(chore.is_over for chore in chores):
            st.rerun()

    watched(tick, live=True, every=0.4)
