"""A fork: a run that goes on where another stood after an epoch, with other training settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playground.errors import RunError
from playground.experiment.experiment import Experiment
from playground.runs.reader import RunReader
from playground.training.record import MOST_NAME, Run, RunState

if TYPE_CHECKING:
    from playground.training.checkpoint import Checkpoint, Start


_OPTION = "--fresh-optimizer on the command line"


def check_fork(parent: Run, experiment: Experiment, epoch: int) -> None:
    """Refuse what cannot be a fork of a run after an epoch.

    Raises:
        RunError: There is no such epoch, nothing would be left to train, or more than the training differs.
    """
    parent.epoch_number(epoch)
    if experiment.architecture != parent.experiment.architecture or experiment.data != parent.experiment.data:
        raise RunError(
            "A fork goes on with its parent's weights, so layers and data stay as they are. "
            "Change training settings only, or train it from the start."
        )
    if experiment.training.epochs <= epoch:
        raise RunError(
            f"A fork after epoch {epoch} with training.epochs = {experiment.training.epochs} has nothing left to "
            f"train. Epochs count from the parent's first: give at least {epoch + 1}."
        )


def fork_record(parent: Run, experiment: Experiment, epoch: int, **own: object) -> Run:
    """The record of a fork, queued: its parent's figures until the epoch. `own` are its name and the like."""
    inherited = parent.until(epoch)
    updates = {"experiment": experiment, "state": RunState.QUEUED, "message": "", "example": False}
    updates |= {"imported": False, "resumed": ()}
    return inherited.model_copy(update={**updates, "parent": parent.run, "parent_epoch": epoch, **own})


def forked_name(parent: str, epoch: int) -> str:
    """What a fork is called; a long name of its parent is cut, so that forks of forks can be kept."""
    behind = f", from epoch {epoch}"
    return parent[: MOST_NAME - len(behind)] + behind


def start_of_fork(
    kept: RunReader, parent: Run, experiment: Experiment, epoch: int, fresh_optimizer: bool
) -> Start:
    """Where a fork begins.

    Raises:
        RunError: The weights of the epoch, or its optimizer's state if that is wanted, were not kept.
    """
    from playground.training.checkpoint import Start

    if not fresh_optimizer:
        _check_optimizer(kept, parent, experiment, epoch)
    known = epoch in kept.with_state(parent)
    state = kept.state(epoch) if known else _from_record(parent, epoch)
    rate = experiment.training.optimizer.learning_rate
    if rate != parent.experiment.training.optimizer.learning_rate:
        state = replace(state, full_rate=rate)
    state = state.with_fresh_optimizer() if fresh_optimizer else state
    if experiment.training != parent.experiment.training:  # what it changes may be what was wrong
        state = replace(state, smoothed_loss=0.0, hopeless_batches=0)
    return Start(*kept.epoch(epoch), state)


def _check_optimizer(kept: RunReader, parent: Run, experiment: Experiment, epoch: int) -> None:
    before, wanted = parent.experiment.training.optimizer.name, experiment.training.optimizer.name
    if wanted != before:
        raise RunError(f"{wanted} cannot go on from the state of {before}: choose a fresh optimizer ({_OPTION}).")
    there = kept.with_state(parent)
    if epoch not in there:
        others = f", or fork after epoch {' or '.join(map(str, there))}" if there else ""
        raise RunError(
            f"Of epoch {epoch} of run {parent.name} the weights were kept, not how its optimizer stood. "
            f"Choose a fresh optimizer ({_OPTION}){others}."
        )


def _from_record(parent: Run, epoch: int) -> Checkpoint:
    """As much of the state as the record tells: what is random begins afresh."""
    from playground.training.checkpoint import Checkpoint

    until = parent.until(epoch)
    changed = [each.learning_rate for each in until.rate_changes]
    return Checkpoint(
        epoch=epoch,
        seconds=until.train_seconds,
        full_rate=changed[-1] if changed else parent.experiment.training.optimizer.learning_rate,
        smoothed_loss=0.0,  # known of the epoch as a whole alone, whose first batches may have been far off
        hopeless_batches=0,
        optimizer={},
        generators={},
    )
