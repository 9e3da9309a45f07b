"""The learning rate at every moment of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from playground.core.frozen import Frozen
from playground.core.training import Constant, Cosine, OneCycle, Steps, Training


def _steps(schedule: Steps, progress: float, epochs: int) -> float:
    passed = sum(progress * epochs >= milestone for milestone in schedule.milestones)
    return schedule.factor**passed


def _flank(start: float, end: float, position: float) -> float:
    """From start to end along half a cosine, position 0..1."""
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2


def _one_cycle(schedule: OneCycle, progress: float, _: int) -> float:
    if progress < schedule.rise:
        return _flank(schedule.start, 1.0, progress / schedule.rise)
    return _flank(1.0, schedule.final, (progress - schedule.rise) / (1 - schedule.rise))


_SHAPES: Mapping[type[Frozen], Callable[[Any, float, int], float]] = {
    Constant: lambda *_: 1.0,
    Steps: _steps,
    Cosine: lambda schedule, progress, _: _flank(1.0, schedule.final, progress),
    OneCycle: _one_cycle,
}


def learning_rate(training: Training, batches_done: int, batches_in_epoch: int) -> float:
    """The rate for the next batch, after `batches_done` batches of the whole run."""
    progress = batches_done / (batches_in_epoch * training.epochs)
    shape = _SHAPES[type(training.schedule)]
    return training.optimizer.learning_rate * shape(training.schedule, progress, training.epochs)


def curve(training: Training, points: int = 101) -> tuple[list[float], list[float]]:
    """The schedule as a curve: epochs (0 to training.epochs) and the rate there."""
    progress = [index / (points - 1) for index in range(points)]
    shape = _SHAPES[type(training.schedule)]
    rate = training.optimizer.learning_rate
    return (
        [p * training.epochs for p in progress],
        [rate * shape(training.schedule, p, training.epochs) for p in progress],
    )
