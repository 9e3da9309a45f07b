"""Training on from an epoch of a run: for longer, with other settings, or with what the coach proposes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.main_button import main_button
from playground.app.shared.fields import in_screen_words
from playground.app.shared.runs import watch
from playground.app.shared.session import Session
from playground.app.train.controls import step_of
from playground.app.train.widgets import word
from playground.coach.verdict import Remedy
from playground.experiment.optimizers import MOST_RATE
from playground.lab.lab import Lab
from playground.training.record import Run

_MORE = 1.5  # epochs that are proposed, as a multiple of those after which it is forked
_EPOCHS, _RATE = "training.epochs", "training.optimizer.learning_rate"


def fork_form(lab: Lab, tab: Session, run: Run, remedy: Remedy | None = None) -> None:
    """A form that starts a fork of a run that is over; nothing where no weights were kept.

    Args:
        remedy: What the form is filled with: where the fork begins, and which settings change.
    """
    kept = lab.library.kept_epochs(run)
    if not kept.weights:
        return
    label = remedy.words if remedy else "Train on"
    changes: Mapping[str, Any] = remedy.changes if remedy else {}
    key = f"{run.run}-{label}" if remedy else run.run
    with st.popover(label, icon=":material/fork_right:", help="From any kept epoch, as a new run."):
        epoch = _epoch(key, kept.weights, remedy.after if remedy else None)
        with_optimizer = epoch in kept.states
        training = run.experiment.training
        epochs = st.number_input(
            "Epochs in all",
            min_value=epoch + 1,
            max_value=1000,
            value=_epochs(changes.get(_EPOCHS, training.epochs), epoch),
            key=f"fork-epochs-{key}-{epoch}",
            help="Counted from the first one. The schedule covers all of them.",
        )
        rate = st.number_input(
            "Learning rate",
            min_value=0.0,
            max_value=MOST_RATE,
            value=changes.get(_RATE, training.optimizer.learning_rate),
            step=step_of(training.optimizer.learning_rate),
            format="%g",
            key=f"fork-rate-{key}",
        )
        fresh = st.checkbox(
            "Fresh optimizer",
            value=not with_optimizer,
            disabled=not with_optimizer,
            key=f"fork-fresh-{key}-{epoch}",
            help="Resets the optimizer and its momentum. Its state is kept for the last two epochs and the best.",
        )
        others = {path: value for path, value in changes.items() if path not in (_EPOCHS, _RATE)}
        for path, value in others.items():
            st.caption(f"{change_in_words(path, value)}.")
        if st.button("Start the fork", icon=":material/play_arrow:", type=main_button(), key=f"fork-start-{key}"):
            _start(lab, tab, run, epoch, {**others, _EPOCHS: int(epochs), _RATE: float(rate)}, fresh)


def change_in_words(path: str, value: Any) -> str:
    """A changed setting in the words of the screen, such as "Layer 1, Channels becomes 32"."""
    value = value.get("name", value) if isinstance(value, Mapping) else value
    said = {True: "on", False: "off"}[value] if isinstance(value, bool) else word(value)
    return f"{in_screen_words(path)} becomes {said}"


def _epochs(wanted: int, epoch: int) -> int:
    return max(wanted, min(1000, max(epoch + 1, round(epoch * _MORE)))) if epoch < 1000 else 1000


def _epoch(key: str, kept: tuple[int, ...], wanted: int | None) -> int:
    if len(kept) == 1:
        st.caption(f"After epoch {kept[0]}, the only one whose weights are kept.")
        return kept[0]
    proposed = max((epoch for epoch in kept if wanted is None or epoch <= wanted), default=kept[0])
    chosen: int = st.select_slider("After epoch", kept, proposed, key=f"fork-epoch-{key}")
    return chosen


def _start(lab: Lab, tab: Session, run: Run, epoch: int, changes: dict[str, Any], fresh: bool) -> None:
    with show_errors():
        watch(tab, lab.trainer.fork(run.run, epoch, run.experiment.changed(changes), fresh))
        tab.steps += 1
        st.rerun()
