"""What the coach looks at, and what it says: values alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.classes import CLASSES
from playground.interpret.dead_units import DeadUnits
from playground.training.events import EpochMetrics
from playground.training.record import Run
from playground.training.schedule import highest_share

GUESSING = math.log(CLASSES)
"""Loss of who finds all classes equally likely, in nats an image; label smoothing does not change it."""


@dataclass(frozen=True)
class Remedy:
    """What would be done about a fault.

    Attributes:
        words: The button's label.
        changes: Settings of the run's experiment by their paths.
        after: The epoch after which a fork would begin; None where it has to be trained from the start.
    """

    words: str
    changes: Mapping[str, Any]
    after: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What one rule found.

    Attributes:
        rule: What was looked for.
        fault: Whether it is there.
        sentence: One sentence, with the evidence either way.
        remedies: What may help; none where there is no fault.
        judged: Whether there was evidence. Where there was not, the sentence says what is needed.
    """

    rule: str
    fault: bool
    sentence: str
    remedies: tuple[Remedy, ...] = ()
    judged: bool = True


@dataclass(frozen=True)
class Advice:
    """What the coach says of a run.

    Attributes:
        summary: How far the network is, in one or two sentences.
        verdicts: One of each rule: faults first, then what was looked for and is not there, then what cannot be
            judged.
    """

    summary: str = ""
    verdicts: tuple[Verdict, ...] = ()

    @property
    def faults(self) -> tuple[Verdict, ...]:
        """What is wrong."""
        return tuple(verdict for verdict in self.verdicts if verdict.fault)

    @property
    def sound(self) -> tuple[Verdict, ...]:
        """What was looked for, and is not there."""
        return tuple(verdict for verdict in self.verdicts if verdict.judged and not verdict.fault)

    @property
    def unjudged(self) -> tuple[Verdict, ...]:
        """What cannot be judged."""
        return tuple(verdict for verdict in self.verdicts if not verdict.judged)


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run as the coach sees it.

    Attributes:
        run: Its record.
        losses: Training loss over its batches, thinned, in nats an image.
        matrix: Counts of its validation images after the last epoch, int64 [true, predicted]; None where there are
            no such scores.
        silence: Each layer of ReLUs and its channels that are 0 on every one of `probed` training images; None
            where that cannot be known.
    """

    run: Run
    losses: Sequence[float] = ()
    matrix: NDArray[np.int64] | None = None
    silence: tuple[DeadUnits, ...] | None = None
    probed: int = 0

    @property
    def last(self) -> EpochMetrics:
        """The last epoch; there has to be one."""
        return self.run.epochs[-1]

    @property
    def rate(self) -> float:
        """The schedule's full learning rate, as it stood at the end."""
        changes = self.run.rate_changes
        return changes[-1].learning_rate if changes else self.run.experiment.training.optimizer.learning_rate

    @property
    def trained(self) -> float:
        """Epochs trained, with a fraction where the last was cut short."""
        return self.run.ends[-1] if self.run.epochs else 0.0

    @property
    def reached(self) -> float:
        """The largest share (0 to 1) of the rate that the schedule gave any batch; 1 where that is not known."""
        run = self.run
        if not run.batches_in_epoch or not run.epochs:
            return 1.0
        return highest_share(
            run.experiment.training, round(self.trained * run.batches_in_epoch), run.batches_in_epoch
        )

    @property
    def usual_rate(self) -> float:
        """What this optimizer begins with here."""
        return self.run.experiment.training.optimizer.usual_rate

    @property
    def floor(self) -> float:
        """The least training loss there can be: with label smoothing it is above 0."""
        return least_loss(self.run.experiment.training.label_smoothing)

    @property
    def progress(self) -> float:
        """How far the training loss came from guessing (0) to the least there can be (1)."""
        return (GUESSING - self.last.train_loss) / (GUESSING - self.floor)

    @property
    def dead_layers(self) -> tuple[DeadUnits, ...]:
        """Layers of which nothing comes through."""
        return tuple(each for each in self.silence or () if len(each.silent) == each.channels)


def least_loss(smoothing: float) -> float:
    """Cross-entropy of the best answer with label smoothing (Szegedy et al. 2016): the entropy of a label."""
    other = smoothing / CLASSES
    true = 1 - smoothing + other
    spread = (CLASSES - 1) * other * math.log(other) if other else 0.0
    return abs(true * math.log(true) + spread)


def number(value: float) -> str:
    """A loss in a sentence."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 10 else f"{value:.3f}"
