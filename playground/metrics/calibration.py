"""Whether a network is right as often as it claims: reliability, temperature, accuracy against coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn.functional import cross_entropy

from playground.data.classes import CLASSES

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures between which the best is looked for."""

Fractions = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reliability:
    """Images in bins of equal width by the probability of the answer, which is at least 1/10.

    Attributes:
        edges: [bins + 1], from 0 to 1; an image on an edge belongs to the bin below it.
        counts: int64 [bins].
        confidence, accuracy: Mean probability of the answers of a bin and the share of them that is right; 0 where
            it is empty.
    """

    edges: Fractions
    counts: NDArray[np.int64]
    confidence: Fractions
    accuracy: Fractions

    @property
    def expected_error(self) -> float:
        """Expected calibration error: mean distance of accuracy and confidence, by images.

        As in Guo et al., On Calibration of Modern Neural Networks (ICML 2017), with 15 bins.
        """
        return float(np.average(np.abs(self.accuracy - self.confidence), weights=self.counts))


def reliability(logits: Tensor, labels: Tensor, bins: int = BINS) -> Reliability:
    """Sort class scores (float32 [n, 10], n > 0) with labels (int64 [n]) into bins."""
    confidence, right = answered(logits, labels)
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], confidence)
    counts = np.bincount(place, minlength=bins)
    filled = np.maximum(counts, 1)
    means = [np.bincount(place, values, minlength=bins) / filled for values in (confidence, right.astype(float))]
    return Reliability(edges, counts, *means)


def answered(logits: Tensor, labels: Tensor) -> tuple[Fractions, NDArray[np.bool_]]:
    """The probability of each answer, float64 [n], and whether it is right, bool [n]."""
    confidence, said = logits.double().softmax(1).max(1)
    return confidence.numpy(), (said == labels).numpy()


@dataclass(frozen=True)
class Fit:
    """A temperature: scores are divided by it, which changes probabilities but no answer.

    Attributes:
        temperature: Above 1 makes a network less sure of itself.
        fitted, judged: How many images it was fitted on, and how many others judge it.
        losses, errors: Of the judging images before and after: cross entropy in nats, expected calibration error.
    """

    temperature: float
    fitted: int
    judged: int
    losses: tuple[float, float]
    errors: tuple[float, float]


def fit_temperature(logits: Tensor, labels: Tensor) -> Fit | None:
    """Fit a temperature on one half of the images, and judge it on the other (Guo et al. 2017).

    Every second image of a class is in the fitting half. None where that half has no wrong answer, or the other no
    image: the best temperature would then be as low as can be, and mean nothing.
    """
    half = first_half(labels)
    fitting, judging = (logits[half].double(), labels[half]), (logits[~half].double(), labels[~half])
    if len(judging[1]) == 0 or bool((fitting[0].argmax(1) == fitting[1]).all()):
        return None

    def loss(logarithm: float) -> float:
        return cross_entropy(fitting[0] / np.exp(logarithm), fitting[1]).item()

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    temperature = float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-3}).x))
    scores, truth = judging
    both = [(scores / each, truth) for each in (1.0, temperature)]
    before, after = ((cross_entropy(*each).item(), reliability(*each).expected_error) for each in both)
    return Fit(temperature, len(fitting[1]), len(truth), (before[0], after[0]), (before[1], after[1]))


def first_half(labels: Tensor) -> Tensor:
    """bool [n]: every second image of each class, beginning with its first."""
    chosen = torch.zeros(len(labels), dtype=torch.bool)
    for each in range(CLASSES):
        chosen[(labels == each).nonzero()[::2, 0]] = True
    return chosen


@dataclass(frozen=True, eq=False)
class Coverage:
    """What a network is worth if it may decline: it answers only from a confidence on.

    Attributes:
        thresholds: Ascending, [k].
        coverage: Share of the images that it answers, [k].
        accuracy: Share of these answers that is right, [k]; 1 where it answers nothing.
    """

    thresholds: Fractions
    coverage: Fractions
    accuracy: Fractions


def coverage(logits: Tensor, labels: Tensor, thresholds: Fractions) -> Coverage:
    """Accuracy against coverage (El-Yaniv and Wiener, JMLR 2010) at some thresholds, of n > 0 images."""
    confidence, right = answered(logits, labels)
    order = np.argsort(confidence)
    hits = np.append(np.cumsum(right[order][::-1])[::-1], 0)  # right among the images from this place on
    first = np.searchsorted(confidence[order], thresholds)  # the place of the first image that is answered
    answers = len(right) - first
    accuracy = np.divide(hits[first], answers, out=np.ones(len(thresholds)), where=answers > 0)
    return Coverage(thresholds, answers / len(right), accuracy)
