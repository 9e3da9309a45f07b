"""Training on from an epoch of a run: for longer, or with other settings."""

from __future__ import annotations

import streamlit as st

from playground.core.run import Run
from playground.core.training import MOST_RATE
from playground.services.lab import Lab
from playground.ui.errors import told
from playground.ui.runs import watch
from playground.ui.session import Session
from playground.ui.steering import step_of

_MORE = 1.5  # epochs that are proposed, as a multiple of those after which it is forked


def fork_form(lab: Lab, tab: Session, run: Run) -> None:
    """A form that starts a fork of a run that is over; nothing where no weights were kept."""
    kept = lab.kept_epochs(run)
    if not kept.weights:
        return
    with st.popover("Train on", icon=":material/fork_right:", help="From any kept epoch, as a run of its own."):
        epoch = _epoch(run, kept.weights)
        with_optimizer = epoch in kept.states
        training = run.experiment.training
        epochs = st.number_input(
            "Epochs in all",
            min_value=epoch + 1,
            max_value=1000,
            value=max(training.epochs, round(epoch * _MORE)) if epoch < 1000 else 1000,
            key=f"fork-epochs-{run.run}-{epoch}",
            help="Counted from the first one. The learning rate's schedule is that of all of them together.",
        )
        rate = st.number_input(
            "Learning rate",
            min_value=0.0,
            max_value=MOST_RATE,
            value=training.optimizer.learning_rate,
            step=step_of(training.optimizer.learning_rate),
            format="%g",
            key=f"fork-rate-{run.run}",
        )
        fresh = st.checkbox(
            "Fresh optimizer",
            value=not with_optimizer,
            disabled=not with_optimizer,
            key=f"fork-fresh-{run.run}-{epoch}",
            help="Forgets momentum and the like. Its state is kept of the last two epochs and the best.",
        )
        changes = {"training.epochs": int(epochs), "training.optimizer.learning_rate": float(rate)}
        if st.button("Start the fork", icon=":material/play_arrow:", type="primary"):
            _start(lab, tab, run, epoch, changes, fresh)


def _epoch(run: Run, kept: tuple[int, ...]) -> int:
    if len(kept) == 1:
        st.caption(f"After epoch {kept[0]}, the only one whose weights are kept.")
        return kept[0]
    chosen: int = st.select_slider("After epoch", kept, kept[-1], key=f"fork-epoch-{run.run}")
    return chosen


def _start(lab: Lab, tab: Session, run: Run, epoch: int, changes: dict[str, float], fresh: bool) -> None:
    with told():
        watch(tab, lab.fork(run.run, epoch, run.experiment.changed(changes), fresh))
        st.rerun()
