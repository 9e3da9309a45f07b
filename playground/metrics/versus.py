"""Two runs judged by the same images: which ones only one gets right, and whether that means anything."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from torch import Tensor

from playground.metrics.classification import confusion

MEANS_SOMETHING = 0.05
"""p-values from here on are what chance gives in one of twenty comparisons, or more often."""


@dataclass(frozen=True, eq=False)
class Versus:
    """Run B against run A.

    Attributes:
        images: How many judged both.
        fixed, broken: Images that only B, or only A, gets right; their numbers, ascending.
        accuracies: Of A and of B, fractions.
        p: Exact two-sided McNemar test (McNemar 1947): how often images that only one of two equally good networks
            gets right would be shared out as unevenly as here.
        moved: int64 [10, 10], the confusion matrix of B minus that of A.
    """

    images: int
    fixed: tuple[int, ...]
    broken: tuple[int, ...]
    accuracies: tuple[float, float]
    p: float
    moved: NDArray[np.int64]

    @property
    def gain(self) -> float:
        """Accuracy of B minus that of A, a fraction."""
        return self.accuracies[1] - self.accuracies[0]


def versus(a: Tensor, b: Tensor, labels: Tensor) -> Versus:
    """Compare class scores (float32 [n, 10] each) of the same n images with labels int64 [n]."""
    right_a, right_b = a.argmax(1) == labels, b.argmax(1) == labels
    fixed, broken = _where(right_b & ~right_a), _where(right_a & ~right_b)
    return Versus(
        images=len(labels),
        fixed=fixed,
        broken=broken,
        accuracies=(right_a.double().mean().item(), right_b.double().mean().item()),
        p=mcnemar(len(fixed), len(broken)),
        moved=confusion(b, labels) - confusion(a, labels),
    )


def mcnemar(fixed: int, broken: int) -> float:
    """p-value of the exact two-sided McNemar test; 1 where the two never differ."""
    differ = fixed + broken
    return float(binomtest(fixed, differ).pvalue) if differ else 1.0


def verdict(found: Versus, spread: float | None) -> str:
    """Whether the difference means anything, in a sentence.

    Args:
        found: The comparison.
        spread: Standard deviation of the accuracy between runs that differ in nothing but the seed, a fraction;
            None where there are no such runs.
    """
    points = f"{abs(found.gain) * 100:.2f} points"
    if found.p >= MEANS_SOMETHING:
        return f"The difference of {points} means nothing: chance gives as much in {_share(found.p)} of cases."
    side = "B is better than A" if found.gain > 0 else "A is better than B"
    words = f"On these images {side} by {points}: chance gives as much in {_share(found.p)} of cases."
    if spread is None:
        return f"{words} Another seed may change that: train each twice more to see how far seeds alone move it."
    seeds = f"seeds alone move the accuracy by {spread * 100:.2f} points"
    if abs(found.gain) < 2 * spread * math.sqrt(2):
        return f"{words} But {seeds}: another seed may turn it round."
    return f"{words} And as {seeds}, it is likely to stay."


def spread_of(groups: Sequence[Sequence[float]]) -> float | None:
    """Standard deviation within groups of values that should be equal, pooled; None without two in any group."""
    squares = sum(statistics.variance(group) * (len(group) - 1) for group in groups if len(group) > 1)
    freedom = sum(len(group) - 1 for group in groups if len(group) > 1)
    return math.sqrt(squares / freedom) if freedom else None


def _share(p: float) -> str:
    return f"{p:.0%}" if p >= 0.01 else f"{p:.1%}" if p >= 0.001 else "less than 0.1%"


def _where(chosen: Tensor) -> tuple[int, ...]:
    return tuple(chosen.nonzero()[:, 0].tolist())
