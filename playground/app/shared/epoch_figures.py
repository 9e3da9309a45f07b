"""Classes and images through the epochs, as plain documents for Plotly's JavaScript."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.app.components.charts import CLASS_INKS, CLASS_SYMBOLS, Figure, Line, plain_layout, upright
from playground.data.classes import CLASS_NAMES


def classes_figure(
    epochs: Sequence[int], values: NDArray[np.float64], measure: str, shown: int, chosen: int | None
) -> Figure:
    """A measure of every class, [E, 10] fractions, over the epochs; one class may stand out."""
    lines = [
        {**_of_class(number, epochs, values[:, number]), "opacity": 1.0 if chosen in (None, number) else 0.25}
        for number in range(len(CLASS_NAMES))
    ]
    return _through_epochs(f"{measure} of each class", measure, epochs, lines, shown, [low_end(values), 1.005])


def chances_figure(epochs: Sequence[int], chances: NDArray[np.float64], true: int | None, shown: int) -> Figure:
    """The probabilities of one image, [E, 10], over the epochs: of its class, if known, and of the likeliest."""
    near = [int(each) for each in np.argsort(-chances.max(0), kind="stable")[:4]]
    lines = [_of_class(each, epochs, chances[:, each]) for each in near if each != true]
    if true is not None:
        for line in lines:
            line["line"] = {**line["line"], "dash": "dot", "width": 1.5}
        own = _of_class(true, epochs, chances[:, true])
        lines = [{**own, "name": f"{own['name']} (true)"}, *lines]
    return _through_epochs("Probabilities through the epochs", "probability", epochs, lines, shown, [0, 1.02])


def _of_class(number: int, epochs: Sequence[int], values: NDArray[np.float64]) -> Line:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": CLASS_NAMES[number],
        "x": list(epochs),
        "y": np.round(values, 5).tolist(),
        "line": {"color": CLASS_INKS[number], "width": 2},
        "marker": {"symbol": CLASS_SYMBOLS[number], "size": 7},
        "hovertemplate": "%{y:.1%}",
    }


def _through_epochs(
    title: str, unit: str, epochs: Sequence[int], lines: list[Line], shown: int, span: list[float]
) -> Figure:
    layout = plain_layout(title, "epoch", unit, 360)
    whole = {"tick0": 0, "dtick": max(1, -(-(epochs[-1] - epochs[0]) // 10))}  # no tick at half an epoch
    layout["xaxis"] = {**layout["xaxis"], **whole, "range": [epochs[0] - 0.3, epochs[-1] + 0.3], "tickformat": "d"}
    layout["yaxis"] = {**layout["yaxis"], "range": span, "tickformat": ".0%"}
    layout["shapes"] = [upright(shown)]
    return {"data": lines, "layout": {**layout, "uirevision": title}}


def low_end(values: NDArray[np.float64]) -> float:
    """The bottom of an axis of fractions."""
    return float(max(0.0, np.floor(20 * values.min()) / 20 - 0.01))
