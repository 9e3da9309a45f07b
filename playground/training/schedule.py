"""The learning rate at every moment of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from playground.experiment.base import Frozen
from playground.experiment.training import Constant, Cosine, OneCycle, Steps, Training


def _steps(schedule: Steps, epoch: float, _: int) -> float:
    return schedule.factor ** sum(epoch >= milestone for milestone in schedule.milestones)


def _flank(start: float, end: float, position: float) -> float:
    """From start to end along half a cosine, position 0..1."""
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2


def _cosine(schedule: Cosine, epoch: float, epochs: int) -> float:
    return _flank(1.0, schedule.final, epoch / epochs)


def _one_cycle(schedule: OneCycle, epoch: float, epochs: int) -> float:
    progress = epoch / epochs
    if progress < schedule.rise:
        return _flank(schedule.start, 1.0, progress / schedule.rise)
    return _flank(1.0, schedule.final, (progress - schedule.rise) / (1 - schedule.rise))


_SHAPES: Mapping[type[Frozen], Callable[[Any, float, int], float]] = {
    Constant: lambda *_: 1.0,
    Steps: _steps,
    Cosine: _cosine,
    OneCycle: _one_cycle,
}
"""The share of the full rate after so many epochs (0 to all, with fractions) of so many."""


def learning_rate(training: Training, batches_done: int, batches_in_epoch: int) -> float:
    """The rate for the next batch, after `batches_done` batches of the whole run."""
    epoch = batches_done / batches_in_epoch  # exact where an epoch ends, so that no milestone is missed
    return _rate(training, epoch)


def highest_share(training: Training, batches_done: int, batches_in_epoch: int) -> float:
    """The largest share (0 to 1) of the full rate that any of the first `batches_done` batches was trained with.

    Of longer runs 2,000 batches are looked at, spread evenly.
    """
    asked = min(batches_done, 2000)
    steps = (batches_done * index // asked for index in range(asked))
    epochs = (step / batches_in_epoch for step in steps)
    return max((_share(training, epoch) for epoch in epochs), default=0.0)


def curve(training: Training, points: int = 101) -> tuple[list[float], list[float]]:
    """The schedule as a curve: epochs (0 to training.epochs) and the rate there."""
    epochs = [training.epochs * index / (points - 1) for index in range(points)]
    return epochs, [_rate(training, epoch) for epoch in epochs]


def _rate(training: Training, epoch: float) -> float:
    return training.optimizer.learning_rate * _share(training, epoch)


def _share(training: Training, epoch: float) -> float:
    return _SHAPES[type(training.schedule)](training.schedule, epoch, training.epochs)
