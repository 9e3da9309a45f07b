"""When a training has left the numbers worth training on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from playground.data.classes import CLASSES
from playground.training.events import TrainingDiverged

HOPELESS_LOSS = 10 * math.log(CLASSES)
HOPELESS_BATCHES = 100
"""A smoothed loss ten times that of guessing, for this many batches, is a divergence."""


class DivergenceWatch:
    """Sees the loss of every training batch, in their order.

    Attributes:
        smoothed: The loss, smoothed over about ten batches.
        hopeless: For how many batches in a row it has been too high.
    """

    def __init__(self) -> None:
        self.smoothed = 0.0
        self.hopeless = 0

    def see(self, losses: Sequence[float], last_step: int) -> TrainingDiverged | None:
        """Look at the losses of the batches up to `last_step`; None if all is well."""
        for step, loss in enumerate(losses, last_step - len(losses) + 1):
            if not math.isfinite(loss):
                return TrainingDiverged(step, f"at batch {step:,} the loss is not a finite number")
            self.smoothed = loss if step == 1 else 0.9 * self.smoothed + 0.1 * loss
            self.hopeless = self.hopeless + 1 if self.smoothed > HOPELESS_LOSS else 0
            if self.hopeless >= HOPELESS_BATCHES:
                return TrainingDiverged(
                    step,
                    f"at batch {step:,} the loss had been above {HOPELESS_LOSS:.0f}, ten times that of "
                    f"guessing, for {HOPELESS_BATCHES} batches",
                )
        return None


def by_weights(weights: Iterable[Tensor], step: int) -> TrainingDiverged | None:
    """Whether a weight is infinite or not a number after a batch."""
    if all(torch.isfinite(value).all() for value in weights):
        return None
    return TrainingDiverged(step, f"after batch {step:,} a weight is not a finite number")


def by_scores(part: str, loss: float, step: int) -> TrainingDiverged | None:
    """Whether the loss of the validation or test images overflowed, though the weights are numbers."""
    if math.isfinite(loss):
        return None
    return TrainingDiverged(step, f"after batch {step:,} the loss of the {part} images is not a finite number")
