"""How the answers for the same images went through the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.classes import CLASSES


def spread(epochs: Sequence[int], most: int) -> tuple[int, ...]:
    """At most so many of the epochs, evenly from the first to the last of them."""
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), most)).round().astype(int)
    return tuple(epochs[place] for place in places)


@dataclass(frozen=True, eq=False)
class PredictionHistory:
    """The answers of a run after each of its kept epochs.

    Attributes:
        epochs: E of them, ascending.
        labels: int64 [n].
        said: int8 [E, n], the classes that were answered.
    """

    epochs: tuple[int, ...]
    labels: NDArray[np.int64]
    said: NDArray[np.int8]

    @property
    def right(self) -> NDArray[np.bool_]:
        """[E, n]: which answers were right."""
        found: NDArray[np.bool_] = self.said == self.labels
        return found

    def class_scores(self) -> dict[str, NDArray[np.float64]]:
        """Precision, recall and F1 of every class, [E, 10] each; 0 where one was never predicted or never there.

        `metrics.classification.class_scores` has them from scikit-learn for one epoch; this is for many at once.
        """
        cells = self.labels * CLASSES + self.said
        counts = np.stack([np.bincount(row, minlength=CLASSES**2) for row in cells.astype(np.int64)])
        matrices = counts.reshape(-1, CLASSES, CLASSES)
        hits = matrices.diagonal(axis1=1, axis2=2)
        said, true = matrices.sum(1), matrices.sum(2)
        return {
            "precision": _ratio(hits, said),
            "recall": _ratio(hits, true),
            "F1": _ratio(2 * hits, said + true),
        }

    def learned_at(self) -> NDArray[np.int64]:
        """int64 [n]: the epoch from which on the answer stayed right; one more than the last if it did not."""
        ever = np.append(self.epochs, self.epochs[-1] + 1)
        wrong_again = np.flip(np.logical_or.accumulate(np.flip(~self.right, 0), 0), 0)
        return np.asarray(ever[wrong_again.sum(0)])

    def forgetting_events(self) -> NDArray[np.int64]:
        """int64 [n]: how often an answer that was right after one kept epoch was wrong after the next.

        A forgetting event as in Toneva et al., An Empirical Study of Example Forgetting during Deep Neural Network
        Learning (ICLR 2019). Theirs are of training images, from batch to batch; these of images never trained on.
        """
        right = self.right
        return np.asarray((right[:-1] & ~right[1:]).sum(0), np.int64)


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    ratios: NDArray[np.float64] = np.zeros(part.shape)
    np.divide(part, whole, out=ratios, where=whole > 0)
    return ratios
