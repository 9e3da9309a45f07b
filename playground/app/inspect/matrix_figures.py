"""A confusion matrix as it is drawn, pure: values in, a document out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from playground.data.classes import CLASS_NAMES
from playground.metrics.classification import confusion, shares, summed_probabilities

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """A way to read a confusion matrix.

    Attributes:
        cells: [10, 10] of class scores and labels.
        title, unit: In words.
        text, change: A value as it stands in its cell, and a difference.
        explanation: What a cell says.
    """

    cells: Callable[[Tensor, Tensor], Cells]
    title: str
    unit: str
    text: Callable[[float], str]
    change: Callable[[float], str]
    explanation: str


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


def _change_of_percent(value: float) -> str:
    return f"{100 * value:+.1f}"


READINGS: Mapping[str, Reading] = {
    "counts": Reading(
        lambda logits, labels: confusion(logits, labels).astype(float),
        "Images", "images", "{:.0f}".format, "{:+.0f}".format, "Number of images of each true class predicted "
        "as each class.",
    ),
    "of the true class": Reading(
        lambda logits, labels: shares(confusion(logits, labels)),
        "Shares of the true class, %", "% of the true class", _percent, _change_of_percent,
        "Rows add up to 100 %: how the images of a class were predicted. The diagonal is recall.",
    ),
    "of the predicted class": Reading(
        lambda logits, labels: shares(confusion(logits, labels), "predicted"),
        "Shares of the predicted class, %", "% of the predicted class", _percent, _change_of_percent,
        "Columns add up to 100 %: the true classes behind a prediction. The diagonal is precision.",
    ),
    "probabilities": Reading(
        summed_probabilities, "Sums of probabilities, in images", "sum of probabilities", "{:.0f}".format,
        "{:+.1f}".format, "Probabilities of each class, summed over images. This shows uncertainty also in "
        "correct predictions.",
    ),
}  # fmt: skip
"""How a confusion matrix can be read, by the name on the screen."""

_FAINT, _FULL = 0.04, 1.0


def inks(strength: Cells) -> Cells:
    """How much ink a value has, 0 to 1. A little is seen already: the errors are what a matrix is read for."""
    most = strength.max()
    return np.interp(strength / most if most > 0 else strength, [0, 0.02, 0.2, 1], [_FAINT, 0.2, 0.5, _FULL])


def drawn(
    reading: Reading,
    cells: Cells,
    images: int,
    other: Cells | None = None,
    against: str = "",
    diagonal: bool = True,
) -> dict[str, Any]:
    """A matrix, or what it has more than another, as the component reads it.

    Args:
        reading: How `cells` came about.
        cells, other: [10, 10] each.
        images: How many.
        against: What the other is, in words.
        diagonal: Whether the right answers are shown; without them the errors get all the ink.
    """
    values = cells if other is None else cells - other
    strength = np.abs(values) if diagonal else np.abs(values) * ~np.eye(len(values), dtype=bool)
    signs = -np.sign(values) if other is not None else 1.0  # below 0 is the colour of "more than the other"
    write = reading.text if other is None else reading.change
    colours = "" if other is None else "; orange: more, blue: fewer"
    visible = np.where(strength > 0, values, 0.0)
    return {
        "title": reading.title if other is None else f"{reading.title}: change against {against}",
        "axes": f"rows: true class; columns: predicted class; n = {images:,}{colours}",
        "unit": reading.unit,
        "names": list(CLASS_NAMES),
        "values": np.round(values, 6).tolist(),
        "texts": [[_written(write, value) for value in row] for row in visible],
        "inks": np.round(inks(strength) * signs, 3).tolist(),
    }


def _written(write: Callable[[float], str], value: float) -> str:
    """Nothing where it would read as 0."""
    text = write(value)
    return text if float(text) else ""
