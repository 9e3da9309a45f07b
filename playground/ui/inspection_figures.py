"""Classes and images through the epochs, and calibration, as plain documents for Plotly's JavaScript.

They are drawn anew at every move of the epoch slider; `progress_figures` says why they are no Plotly objects.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.core.calibration import Coverage, Reliability
from playground.core.classes import CLASS_NAMES
from playground.ui.charts import CLASS_INKS, CLASS_SYMBOLS, FAINT, TRAIN, VALIDATION, plain_layout
from playground.ui.progress_figures import Figure, Line, upright


def classes_figure(
    epochs: Sequence[int], values: NDArray[np.float64], measure: str, shown: int, chosen: int | None
) -> Figure:
    """A measure of every class, [E, 10] fractions, over the epochs; one class may stand out."""
    lines = [
        {**_of_class(number, epochs, values[:, number]), "opacity": 1.0 if chosen in (None, number) else 0.25}
        for number in range(len(CLASS_NAMES))
    ]
    return _through_epochs(f"{measure} of each class", measure, epochs, lines, shown, [_low(values), 1.005])


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


def _low(values: NDArray[np.float64]) -> float:
    """The bottom of an axis of fractions."""
    return float(max(0.0, np.floor(20 * values.min()) / 20 - 0.01))


def reliability_figure(found: Reliability, title: str) -> Figure:
    """Accuracy of the answers in each bin of confidence, beside what they claimed."""
    filled = found.counts > 0
    middles, width = (found.edges[:-1] + found.edges[1:])[filled] / 2, float(found.edges[1])
    counts = found.counts[filled].tolist()
    bars: Line = {
        "type": "bar", "name": "right", "x": np.round(middles, 4).tolist(), "width": 0.92 * width,
        "y": np.round(found.accuracy[filled], 5).tolist(), "text": [f"{count:,}" for count in counts],
        "textposition": "outside", "textfont": {"size": 9}, "cliponaxis": False, "marker": {"color": TRAIN},
        "customdata": counts, "hovertemplate": "%{y:.1%} right, n = %{customdata:,}",
    }  # fmt: skip
    claimed: Line = {
        "type": "scatter", "mode": "markers", "name": "claimed", "x": np.round(middles, 4).tolist(),
        "y": np.round(found.confidence[filled], 5).tolist(), "hovertemplate": "%{y:.1%} claimed",
        "marker": {"symbol": "line-ew-open", "size": 14, "color": VALIDATION, "line": {"width": 3}},
    }  # fmt: skip
    ideal: Line = {
        "type": "scatter", "mode": "lines", "name": "as sure as right", "x": [0, 1], "y": [0, 1],
        "line": {"color": FAINT, "dash": "dash", "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    layout = plain_layout(title, "probability of the answer (figures: images)", "share right", 360)
    layout["xaxis"] = {**layout["xaxis"], "range": [0, 1], "tickformat": ".0%"}
    layout["yaxis"] = {**layout["yaxis"], "range": [0, 1.08], "tickformat": ".0%"}
    return {"data": [ideal, bars, claimed], "layout": {**layout, "uirevision": "reliability"}}


def coverage_figure(found: Coverage, threshold: float, there: tuple[float, float], images: int) -> Figure:
    """Accuracy of the images that are answered, against how many are; `there` is where the threshold stands."""
    line: Line = {
        "type": "scatter", "mode": "lines", "name": "threshold", "line": {"color": TRAIN, "width": 2},
        "x": np.round(found.coverage, 5).tolist(), "y": np.round(found.accuracy, 5).tolist(),
        "customdata": np.round(found.thresholds, 4).tolist(),
        "hovertemplate": "from %{customdata:.0%} sure on: %{y:.2%} right of %{x:.1%} of the images<extra></extra>",
    }  # fmt: skip
    point: Line = {
        "type": "scatter", "mode": "markers", "name": f"from {threshold:.0%} sure on", "x": [there[0]],
        "y": [there[1]], "marker": {"symbol": "diamond", "size": 11, "color": VALIDATION}, "hoverinfo": "skip",
    }  # fmt: skip
    layout = plain_layout("Accuracy against coverage", f"share of {images:,} images answered", "share right", 360)
    layout["xaxis"] = {**layout["xaxis"], "range": [0, 1.01], "tickformat": ".0%"}
    layout["yaxis"] = {**layout["yaxis"], "range": [_low(found.accuracy), 1.005], "tickformat": ".0%"}
    return {"data": [line, point], "layout": {**layout, "hovermode": "closest", "uirevision": "coverage"}}
