"""Images that are nearly the same, found by comparing all with all.

The first published files had images twice, which were replaced (zalandoresearch/fashion-mnist, issue 44); near-
duplicates between training and test images remain (Geier 2019, "Training on test data: Removing near duplicates in
Fashion-MNIST", arXiv:1906.08255).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.metrics.uncertainty import standard_error

NEAR = 0.1
"""Distance up to which pairs are shown at first. Looked at one by one, nearly all of these are the same photo, or
the same garment in another size or print; from 0.12 on they are other garments of the same cut."""
FARTHEST = 0.15
"""Distance up to which pairs are kept."""
_ROWS = 250  # compared with everything at once: 60 MB of products
_SLACK = 0.01  # products in float32 are rounded: what is near is computed again, exactly


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of images, nearest first.

    Attributes:
        first, second: Their indices, int64 [n].
        distances: float64 [n]: the length of the difference over the geometric mean of the lengths of both, all in
            pixels' shades; 0 for the same image, about 0.8 for two images picked at random.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distances: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.distances)

    def within(self, distance: float) -> Pairs:
        """Those that are at most so far apart."""
        kept = self.distances <= distance
        return Pairs(self.first[kept], self.second[kept], self.distances[kept])


def compare(first: Tensor, second: Tensor | None, farthest: float = FARTHEST) -> Iterator[tuple[float, Pairs]]:
    """Compare all of the first images with all of the second; or, without those, each with all behind it.

    Args:
        first, second: uint8 [n, 28, 28] and [m, 28, 28].
        farthest: Which pairs are reported.

    Yields:
        After every block of images: the share of the work that is done, and the block's pairs.
    """
    own = second is None
    left, right = first.flatten(1).float(), (first if second is None else second).flatten(1).float()
    lengths, others = left.norm(dim=1), right.norm(dim=1)
    limit = (farthest + _SLACK) ** 2
    for start in range(0, len(left), _ROWS):
        behind = start if own else 0
        rows, norms = left[start : start + _ROWS], lengths[start : start + _ROWS, None]
        # |x - y|^2 = |x|^2 + |y|^2 - 2 xy, over |x| |y|
        squared = (rows @ right[behind:].T).mul_(-2).add_(norms**2).add_(others[behind:] ** 2)
        near = squared.div_(norms.clamp(min=1)).div_(others[behind:].clamp(min=1)) < limit
        if own:
            near &= torch.ones_like(near).triu(1)
        one, other = (each.numpy() for each in torch.nonzero(near, as_tuple=True))
        done = min(1.0, (start + _ROWS) / len(left))
        yield (1 - (1 - done) ** 2 if own else done), _exact(left, right, one + start, other + behind, farthest)


def _exact(
    left: Tensor, right: Tensor, one: NDArray[np.int64], other: NDArray[np.int64], farthest: float
) -> Pairs:
    a, b = left[one].double(), right[other].double()
    lengths = (a.norm(dim=1).clamp(min=1) * b.norm(dim=1).clamp(min=1)).sqrt()
    distances = ((a - b).norm(dim=1) / lengths).numpy()
    return Pairs(one, other, distances).within(farthest)


def together(blocks: list[Pairs]) -> Pairs:
    """All pairs of several blocks, nearest first."""
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    first, second, distances = (
        np.concatenate([getattr(block, column) for block in [none, *blocks]])
        for column in ("first", "second", "distances")
    )
    order = np.argsort(distances, kind="stable")
    return Pairs(first[order], second[order], distances[order])


@dataclass(frozen=True)
class Share:
    """An accuracy: of n images, so many right; both are None where there are no images."""

    images: int
    right: int

    @property
    def accuracy(self) -> float | None:
        """A fraction."""
        return self.right / self.images if self.images else None

    @property
    def error(self) -> float | None:
        """The accuracy's standard error, sqrt(p (1 - p) / n)."""
        if self.accuracy is None:
            return None
        return standard_error(self.accuracy, self.images)


def with_and_without(right: NDArray[np.bool_], duplicates: NDArray[np.int64]) -> tuple[Share, ...]:
    """The accuracy on all images, on those without a twin, and on those with one.

    Args:
        right: [n], whether the network gets an image right.
        twins: Indices of the images that have a near-duplicate; any may stand there several times.
    """
    has = np.zeros(len(right), bool)
    has[duplicates] = True
    return tuple(Share(int(each.sum()), int(right[each].sum())) for each in (has | True, ~has, has))
