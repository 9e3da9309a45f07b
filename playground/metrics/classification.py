"""Views of class scores: the scores come first, every figure on a page is a few lines over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from torch import Tensor

from playground.data.classes import CLASS_NAMES

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
class Pair:
    """Images of one class taken for another.

    Attributes:
        label, predicted: The classes, 0 to 9, which differ.
        images: How many.
        of_errors: Their share of all errors.
        of_class: Their share of all images that are truly of the class.
    """

    label: int
    predicted: int
    images: int
    of_errors: float
    of_class: float


def confusion(logits: Tensor, labels: Tensor) -> NDArray[np.int64]:
    """Counts of images, [true class, predicted class], int64 [10, 10]."""
    classes = np.arange(len(CLASS_NAMES))
    matrix: NDArray[np.int64] = confusion_matrix(labels.numpy(), logits.argmax(1).numpy(), labels=classes)
    return matrix


def shares(matrix: NDArray[np.int64], of: Literal["true", "predicted"] = "true") -> NDArray[np.float64]:
    """A confusion matrix as fractions of the true class (rows sum to 1), or of the predicted one (columns do).

    A class without images gives zeros.
    """
    totals = matrix.sum(axis=1 if of == "true" else 0, keepdims=True)
    fractions: NDArray[np.float64] = np.zeros(matrix.shape)
    np.divide(matrix, totals, out=fractions, where=totals > 0)
    return fractions


def summed_probabilities(logits: Tensor, labels: Tensor) -> NDArray[np.float64]:
    """Probability given to each class, summed over the images of a true class: [true class, class], rows sum to n.

    What the network is undecided about is seen even where its answer is right.
    """
    sums: NDArray[np.float64] = np.zeros((len(CLASS_NAMES), len(CLASS_NAMES)))
    np.add.at(sums, labels.numpy(), logits.double().softmax(1).numpy())
    return sums


def costliest(matrix: NDArray[np.int64], most: int = 5) -> tuple[Pair, ...]:
    """Pairs of classes with the most errors of a confusion matrix, most first; none that has no error."""
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    errors, totals = wrong.sum(), matrix.sum(axis=1)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    cells = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return tuple(
        Pair(int(i), int(j), int(wrong[i, j]), float(wrong[i, j] / errors), float(wrong[i, j] / totals[i]))
        for i, j in cells
        if wrong[i, j]
    )


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
