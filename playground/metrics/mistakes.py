"""Every image as a network judged it, and images in the orders in which a person looks for mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from playground.metrics.history import PredictionHistory

Numbers = NDArray[np.int64]
Fractions = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network answered, an entry an image.

    Attributes:
        labels, said: The true class and the answer, int64 [n], 0 to 9.
        confidence: Probability of the answer, float64 [n].
        truth: Probability of the true class.
        loss: Cross entropy in nats: minus the logarithm of `truth`.
    """

    labels: Numbers
    said: Numbers
    confidence: Fractions
    truth: Fractions
    loss: Fractions

    @classmethod
    def of(cls, logits: Tensor, labels: Tensor) -> Answers:
        """Read them off class scores, float32 [n, 10], and labels, int64 [n]."""
        logs = logits.double().log_softmax(1).numpy()
        truth, said, each = labels.numpy(), logits.argmax(1).numpy(), np.arange(len(labels))
        return cls(truth, said, np.exp(logs[each, said]), np.exp(logs[each, truth]), -logs[each, truth])

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which images it got wrong."""
        return np.asarray(self.labels != self.said)

    @property
    def margin(self) -> Fractions:
        """By how much the answer is likelier than the true class; 0 where they are the same."""
        return self.confidence - self.truth

    def among(self, true: int | None = None, said: int | None = None) -> NDArray[np.bool_]:
        """Which images are truly of a class, or were taken for one; None is any."""
        chosen = np.ones(len(self.labels), bool)
        if true is not None:
            chosen &= self.labels == true
        if said is not None:
            chosen &= self.said == said
        return chosen


Key = Callable[[Answers, PredictionHistory], NDArray[np.float64]]

ORDERS: Mapping[str, Key] = {
    "confidence": lambda answers, _: answers.confidence,
    "loss": lambda answers, _: answers.loss,
    "margin": lambda answers, _: answers.margin,
    "learned last": lambda _, history: history.learned_at().astype(float),
    "forgotten most often": lambda _, history: history.forgetting_events().astype(float),
}
"""By what images can be sorted, the largest first. The last two look at all kept epochs."""

OVER_EPOCHS = frozenset({"learned last", "forgotten most often"})
"""Orders that need more than one epoch."""


def ordered(chosen: NDArray[np.bool_], order: str, answers: Answers, history: PredictionHistory) -> Numbers:
    """Numbers of the chosen images, sorted by an order; among equals the one with the larger loss comes first."""
    numbers = np.flatnonzero(chosen)
    key = ORDERS[order](answers, history)
    return numbers[np.lexsort((-answers.loss[numbers], -key[numbers]))]
