"""Trainings by the bare engine, with a clock that is set by hand."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from playground.data.images import FashionData
from playground.experiment.experiment import Experiment
from playground.training import engine
from playground.training.engine import TrainingControl, train
from playground.training.events import EpochEnd, Event


class Clock:
    """A clock that goes on by a second whenever it is read, and by more when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Stopper:
    """Says stop when it is asked for the n-th time."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> TrainingControl:
        self.left -= 1
        return TrainingControl(stop=self.left <= 0)


def trained(
    experiment: Experiment, data: FashionData, steer: Callable[[], TrainingControl] = engine.straight_on
) -> list[Event]:
    return list(train(experiment, data, Clock(), steer))


def of(kind: type, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def last_weights(events: list[Event]) -> dict[str, Tensor]:
    return dict(of(EpochEnd, events)[-1].weights)
