"""What the coach reads off the confusion matrix, and off layers that say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.coach.curves import wider_layers
from playground.coach.verdict import Evidence, Remedy, Verdict
from playground.data.classes import CLASS_NAMES
from playground.interpret.dead_units import DeadUnits

_SILENT = 0.5  # of a layer; a quarter is silent in many a network before its first step
_PAIR, _LEAST_ERRORS = 0.25, 30  # the largest pair usually has an eighth of the errors
_CLASS, _LEAST_IMAGES = 0.5, 20
_SETTLED = 0.8  # accuracy of the other classes


def dead_layers(evidence: Evidence) -> Verdict | None:
    """ReLUs that are 0 on every image: nothing comes through them, and no gradient goes back."""
    if not evidence.silence:
        return None
    images = f"every one of {evidence.probed:,} training images"
    bad = [each for each in evidence.silence if len(each.silent) >= _SILENT * each.channels]
    if not bad:
        quiet = sum(len(each.silent) for each in evidence.silence)
        among = sum(each.channels for each in evidence.silence)
        return Verdict("Dead ReLUs", False, f"{quiet} of {among:,} ReLU channels are 0 on {images}.")
    layers = "; ".join(f"{each.place}: {_channels(each)}" for each in bad)
    remedy = Remedy("Leaky ReLU there", _leaky(bad))
    slower = float(f"{evidence.rate / 3:.2g}")
    both = Remedy("Leaky ReLU and a lower rate", {**remedy.changes, "training.optimizer.learning_rate": slower})
    return Verdict("Dead ReLUs", True, f"Dead ReLUs: {layers} are 0 on {images}.", (remedy, both))


def _channels(layer: DeadUnits) -> str:
    everything = len(layer.silent) == layer.channels
    return f"all {layer.channels} channels" if everything else f"{len(layer.silent)} of {layer.channels} channels"


def _leaky(layers: list[DeadUnits]) -> Mapping[str, Any]:
    """Leaky ReLUs in the stages of these layers, whose names are those of `network.blueprint`."""
    paths = {}
    for name in dict.fromkeys(each.stage for each in layers):
        group = "hidden" if name.startswith("dense") else "layers"
        position = int("".join(filter(str.isdigit, name))) - 1
        paths[f"architecture.{group}.{position}.activation"] = "leaky_relu"
    return paths


def one_pair(evidence: Evidence) -> Verdict | None:
    """One class is taken for one other so often that it makes much of all errors."""
    matrix = evidence.matrix
    if matrix is None:
        return None
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    errors = int(wrong.sum())
    if errors < _LEAST_ERRORS:
        return None
    true, said = divmod(int(wrong.argmax()), len(CLASS_NAMES))
    count = int(wrong[true, said])
    if not _others_do_well(matrix, true):
        return None
    sentence = (
        f"{CLASS_NAMES[true]} taken for {CLASS_NAMES[said]}: {count / errors:.0%} of all errors, "
        f"{count} of {errors:,} (n = {int(matrix.sum()):,} validation images)."
    )
    if count < _PAIR * errors:
        return Verdict("One pair dominates", False, f"The largest pair is {sentence}")
    return Verdict("One pair dominates", True, sentence, (_gentler(evidence), _wider(evidence)))


def weak_class(evidence: Evidence) -> Verdict | None:
    """A class of which not even half is found, in a network that does well otherwise."""
    matrix = evidence.matrix
    if matrix is None:
        return None
    support = matrix.sum(1)
    recalls = np.where(support >= _LEAST_IMAGES, matrix.diagonal() / np.maximum(support, 1), np.inf)
    worst = int(recalls.argmin())
    if not np.isfinite(recalls[worst]) or not _others_do_well(matrix, worst):
        return None
    found = f"{int(matrix[worst, worst])} of {int(support[worst])} validation images of it are found"
    sentence = f"{CLASS_NAMES[worst]} is the weakest class: {found}, {recalls[worst]:.0%}."
    if recalls[worst] >= _CLASS:
        return Verdict("Weak class", False, sentence)
    return Verdict("Weak class", True, sentence, (_gentler(evidence), _wider(evidence)))


def _others_do_well(matrix: NDArray[np.int64], label: int) -> bool:
    """Whether the images of the other classes are recognised: else it is not this class that is wrong."""
    others = np.delete(matrix, label, axis=0)
    right = matrix.trace() - matrix[label, label]
    return bool(right >= _SETTLED * others.sum())


def _gentler(evidence: Evidence) -> Remedy:
    """Half as many epochs more, at a tenth of the rate: what is close gets told apart last."""
    done = len(evidence.run.epochs)
    more = min(1000, done + max(2, done // 2))
    rate = float(f"{evidence.rate / 10:.2g}")
    changes = {"training.epochs": more, "training.optimizer.learning_rate": rate}
    return Remedy(f"Train on to epoch {more} at a tenth of the rate", changes, done)


def _wider(evidence: Evidence) -> Remedy:
    return Remedy("Twice as wide", wider_layers(evidence.run.experiment.architecture))
