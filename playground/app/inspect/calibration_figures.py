"""Classes and images through the epochs, and calibration, as plain documents for Plotly's JavaScript.

They are drawn anew at every move of the epoch slider; `progress_figures` says why they are no Plotly objects.
"""

from __future__ import annotations

import numpy as np

from playground.app.components.charts import FAINT, TRAIN, VALIDATION, Figure, Line, plain_layout
from playground.app.shared.epoch_figures import low_end
from playground.metrics.calibration import Coverage, Reliability


def reliability_figure(found: Reliability, title: str) -> Figure:
    """Accuracy of the answers in each bin of confidence, beside what they claimed."""
    filled = found.counts > 0
    middles, width = (found.edges[:-1] + found.edges[1:])[filled] / 2, float(found.edges[1])
    counts = found.counts[filled].tolist()
    bars: Line = {
        "type": "bar", "name": "accuracy", "x": np.round(middles, 4).tolist(), "width": 0.92 * width,
        "y": np.round(found.accuracy[filled], 5).tolist(), "text": [f"{count:,}" for count in counts],
        "textposition": "outside", "textfont": {"size": 9}, "cliponaxis": False, "marker": {"color": TRAIN},
        "customdata": counts, "hovertemplate": "%{y:.1%} correct, n = %{customdata:,}",
    }  # fmt: skip
    claimed: Line = {
        "type": "scatter", "mode": "markers", "name": "confidence", "x": np.round(middles, 4).tolist(),
        "y": np.round(found.confidence[filled], 5).tolist(), "hovertemplate": "confidence %{y:.1%}",
        "marker": {"symbol": "line-ew-open", "size": 14, "color": VALIDATION, "line": {"width": 3}},
    }  # fmt: skip
    ideal: Line = {
        "type": "scatter", "mode": "lines", "name": "perfect calibration", "x": [0, 1], "y": [0, 1],
        "line": {"color": FAINT, "dash": "dash", "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    layout = plain_layout(title, "probability of the prediction (numbers: images)", "accuracy", 360)
    layout["xaxis"] = {**layout["xaxis"], "range": [0, 1], "tickformat": ".0%"}
    layout["yaxis"] = {**layout["yaxis"], "range": [0, 1.08], "tickformat": ".0%"}
    return {"data": [ideal, bars, claimed], "layout": {**layout, "uirevision": "reliability"}}


def coverage_figure(found: Coverage, threshold: float, there: tuple[float, float], images: int) -> Figure:
    """Accuracy of the images that are answered, against how many are; `there` is where the threshold stands."""
    line: Line = {
        "type": "scatter", "mode": "lines", "name": "threshold", "line": {"color": TRAIN, "width": 2},
        "x": np.round(found.coverage, 5).tolist(), "y": np.round(found.accuracy, 5).tolist(),
        "customdata": np.round(found.thresholds, 4).tolist(),
        "hovertemplate": "confidence %{customdata:.0%}: %{y:.2%} correct of %{x:.1%} of images<extra></extra>",
    }  # fmt: skip
    point: Line = {
        "type": "scatter", "mode": "markers", "name": f"confidence {threshold:.0%} or more", "x": [there[0]],
        "y": [there[1]], "marker": {"symbol": "diamond", "size": 11, "color": VALIDATION}, "hoverinfo": "skip",
    }  # fmt: skip
    layout = plain_layout(
        "Accuracy against coverage", f"share of {images:,} images with a prediction", "accuracy", 360
    )
    layout["xaxis"] = {**layout["xaxis"], "range": [0, 1.01], "tickformat": ".0%"}
    layout["yaxis"] = {**layout["yaxis"], "range": [low_end(found.accuracy), 1.005], "tickformat": ".0%"}
    return {"data": [line, point], "layout": {**layout, "hovermode": "closest", "uirevision": "coverage"}}
