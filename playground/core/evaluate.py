"""Views of class scores: the scores come first, every figure on a page is a few lines over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from torch import Tensor

from playground.core.classes import CLASS_NAMES

WEAK = 0.9
"""Classes recognised less often than this are named on the pages."""


@dataclass(frozen=True)
class ClassScore:
    """How one class fares; fractions. `recall` is its accuracy, `support` how many images have it."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Failure:
    """An image the network got wrong: its index, both classes, and how sure the network was of each."""

    index: int
    label: int
    predicted: int
    predicted_probability: float
    label_probability: float


def confusion(logits: Tensor, labels: Tensor) -> NDArray[np.int64]:
    """Counts of images, [true class, predicted class], int64 [10, 10]."""
    classes = np.arange(len(CLASS_NAMES))
    matrix: NDArray[np.int64] = confusion_matrix(labels.numpy(), logits.argmax(1).numpy(), labels=classes)
    return matrix


def shares(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each row of a confusion matrix as fractions of its true class; a class without images gives zeros."""
    totals = matrix.sum(axis=1, keepdims=True)
    fractions: NDArray[np.float64] = np.zeros(matrix.shape)
    np.divide(matrix, totals, out=fractions, where=totals > 0)
    return fractions


def class_scores(logits: Tensor, labels: Tensor) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class; 0 where a class was never predicted or never there."""
    columns = precision_recall_fscore_support(
        labels.numpy(), logits.argmax(1).numpy(), labels=np.arange(len(CLASS_NAMES)), zero_division=0.0
    )
    rows = zip(CLASS_NAMES, *columns, strict=True)
    return tuple(ClassScore(name, float(p), float(r), float(f), int(n)) for name, p, r, f, n in rows)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Fraction of images whose highest score is that of their class."""
    return float((logits.argmax(1) == labels).double().mean())


def failures(
    logits: Tensor, labels: Tensor, true: int | None = None, predicted: int | None = None
) -> tuple[Failure, ...]:
    """The images the network got wrong, most confident first.

    Args:
        logits: float32 [n, 10].
        labels: int64 [n].
        true, predicted: Only those of this class, or taken for this class (0 to 9).
    """
    probabilities = logits.double().softmax(1).numpy()
    truth, guess = labels.numpy(), logits.argmax(1).numpy()
    wanted = truth != guess
    if true is not None:
        wanted &= truth == true
    if predicted is not None:
        wanted &= guess == predicted
    chosen = np.flatnonzero(wanted)
    confidence = probabilities[chosen, guess[chosen]]
    order = chosen[np.argsort(-confidence, kind="stable")]
    return tuple(
        Failure(
            int(i), int(truth[i]), int(guess[i]),
            float(probabilities[i, guess[i]]), float(probabilities[i, truth[i]]),
        )
        for i in order
    )  # fmt: skip
