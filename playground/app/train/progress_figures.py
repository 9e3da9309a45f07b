"""Loss and accuracy of a run as figures: batches thin, epochs bold, validation dashed.

They are drawn anew every second beside a training, so they are plain documents as Plotly's JavaScript reads them:
its Python classes, which check every property, take ten times as long, and the training waits for the interpreter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.app.components.charts import FAINT, TRAIN, VALIDATION, Figure, Line, plain_layout, upright
from playground.runs.snapshot import Snapshot
from playground.training.record import Run

MOST_POINTS = 500  # a trace; a chart has no more pixels to show them
_GHOST = "#8A63B8"


@dataclass(frozen=True)
class View:
    """How a person wants to see the curves.

    Attributes:
        log: A logarithmic axis for the loss.
        smoothing: 0 to 0.99; how much of the last smoothed value each batch keeps.
        ghost: Another run whose validation curve lies behind this one.
    """

    log: bool = False
    smoothing: float = 0.0
    ghost: Run | None = None


def thinned(values: Sequence[float] | NDArray[np.float64], most: int = MOST_POINTS) -> list[float | None]:
    """At most `most` values, each the mean of equally many neighbours, in four digits: more cannot be seen."""
    array = np.asarray(values, dtype=np.float64)
    if len(array) > most:
        bounds = np.linspace(0, len(array), most + 1).astype(int)
        array = np.add.reduceat(array, bounds[:-1]) / np.diff(bounds)
    return [_drawn(float(f"{value:.4g}")) for value in array]


def _drawn(value: float) -> float | None:
    """JSON knows no infinity; a gap stands for it."""
    return value if math.isfinite(value) else None


def smoothed(values: Sequence[float], keep: float) -> NDArray[np.float64]:
    """Exponential moving average without the pull of a first value towards zero (Kingma and Ba 2015)."""
    array = np.asarray(values, dtype=np.float64)
    if keep <= 0 or len(array) == 0:
        return array
    averages, average = np.empty_like(array), 0.0
    for index, value in enumerate(array):
        average = keep * average + (1 - keep) * value
        averages[index] = average / (1 - keep ** (index + 1))
    return averages


def loss_figure(snapshot: Snapshot, view: View) -> Figure:
    """Loss per batch and epoch; the axis leaves out the first batches' peak, which would hide the rest."""
    losses = snapshot.curve.losses
    smoothing = snapshot.run.experiment.training.label_smoothing
    title = "Loss, in training with label smoothing" if smoothing else "Loss"
    lines = _lines(snapshot, losses, "train_loss", "validation_loss", "%{y:.4f}", view)
    if view.log:
        return _figure(snapshot, title, "nats an image", lines, {"type": "log"}, ", log")
    tops = [float(np.quantile(_finite(losses), 0.98)) * 1.15] if _finite(losses) else [2.5]
    tops += [1.05 * loss for loss in _finite(_of_epochs(snapshot, view, "loss"))]
    return _figure(snapshot, title, "nats an image", lines, {"range": [0, max(tops)]})


def accuracy_figure(snapshot: Snapshot, view: View) -> Figure:
    """Accuracy per batch and epoch."""
    accuracies = snapshot.curve.accuracies
    lines = _lines(snapshot, accuracies, "train_accuracy", "validation_accuracy", "%{y:.2%}", view)
    bottoms = [float(np.quantile(accuracies, 0.05)) - 0.05] if accuracies else [0.0]
    bottoms += [value - 0.05 for value in _of_epochs(snapshot, view, "accuracy")]
    axis = {"range": [max(0.0, min(bottoms)), 1.0], "tickformat": ".0%"}
    return _figure(snapshot, "Accuracy", "accuracy", lines, axis)


def _finite(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def _of_epochs(snapshot: Snapshot, view: View, quantity: str) -> list[float]:
    """Every value that is drawn for an epoch: none of them may lie outside of the axes."""
    ghosts = view.ghost.epochs if view.ghost else ()
    values = [getattr(epoch, f"train_{quantity}") for epoch in snapshot.run.epochs]
    values += [getattr(epoch, f"validation_{quantity}") for epoch in (*snapshot.run.epochs, *ghosts)]
    return [value for value in values if value is not None]


def _figure(
    snapshot: Snapshot, title: str, unit: str, lines: Iterable[Line], y_axis: dict[str, Any], revision: str = ""
) -> Figure:
    run = snapshot.run
    layout = plain_layout(title, "epoch", unit, 330)
    layout["xaxis"] = {**layout["xaxis"], "range": [0, run.experiment.training.epochs]}
    layout["yaxis"] = {**layout["yaxis"], **y_axis}
    marks = list(_marks(run))
    layout["shapes"] = [upright(epoch) for epoch, _ in marks]
    layout["annotations"] = [_written_upright(epoch, text) for epoch, text in marks]
    return {"data": list(lines), "layout": {**layout, "uirevision": run.run + revision}}


def _marks(run: Run) -> Iterator[tuple[float, str]]:
    """What happened to a run, and after how many epochs."""
    yield from ((each.epoch, f"rate {each.learning_rate:g}") for each in run.rate_changes)
    yield from ((each.epoch, "resumed") for each in run.resumed)
    if run.parent:
        yield run.parent_epoch, "fork"


def _written_upright(epoch: float, text: str) -> dict[str, Any]:
    place = {"x": epoch, "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "right", "textangle": -90}
    return {**place, "text": text, "showarrow": False, "font": {"size": 10}}


def _lines(
    snapshot: Snapshot, batches: Sequence[float], train: str, validation: str, show: str, view: View
) -> Iterator[Line]:
    yield {
        "type": "scatter",
        "x": thinned(snapshot.curve.epochs),
        "y": thinned(smoothed(batches, view.smoothing)),
        "name": "batches",
        "mode": "lines",
        "line": {"width": 1, "color": FAINT},
        "hovertemplate": show,
    }
    if view.ghost is not None and view.ghost.run != snapshot.run.run:
        dotted = {"width": 2, "dash": "dot", "color": _GHOST}
        yield _per_epoch(view.ghost, validation, "best earlier", show, line=dotted, mode="lines")
    yield _per_epoch(snapshot.run, train, "training", show, line={"width": 3, "color": TRAIN})
    if any(getattr(epoch, validation) is not None for epoch in snapshot.run.epochs):
        dashed = {"width": 3, "dash": "dash", "color": VALIDATION}
        diamonds = {"symbol": "diamond", "size": 8}
        yield _per_epoch(snapshot.run, validation, "validation", show, line=dashed, marker=diamonds)


def _per_epoch(run: Run, field: str, name: str, show: str, **style: Any) -> Line:
    """One point an epoch, at its end; a last epoch that was cut short ends where it was stopped."""
    values = [getattr(epoch, field) for epoch in run.epochs]
    known = [(end, value) for end, value in zip(run.ends, values, strict=True) if value is not None]
    return {
        "type": "scatter",
        "x": [end for end, _ in known],
        "y": [_drawn(value) for _, value in known],
        "name": name,
        "hovertemplate": show,
        "mode": "lines+markers",
        **style,
    }
