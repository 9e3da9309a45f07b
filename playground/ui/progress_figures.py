"""Loss and accuracy of a run as figures: batches thin, epochs bold, validation dashed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground.core.run import Run
from playground.services.snapshot import Snapshot
from playground.ui.charts import FAINT, TRAIN, VALIDATION, layout_of

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


def thinned(values: Sequence[float] | NDArray[np.float64], most: int = MOST_POINTS) -> list[float]:
    """At most `most` values, each the mean of equally many neighbours, in four digits: more cannot be seen."""
    array = np.asarray(values, dtype=np.float64)
    if len(array) > most:
        array = np.array([part.mean() for part in np.array_split(array, most)])
    return [float(f"{value:.4g}") for value in array]


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


def loss_figure(snapshot: Snapshot, view: View) -> go.Figure:
    """Loss per batch and epoch; the axis leaves out the first batches' peak, which would hide the rest."""
    curve = snapshot.curve
    show = "%{y:.4f}"
    smoothing = snapshot.run.experiment.training.label_smoothing
    title = "Loss, in training with label smoothing" if smoothing else "Loss"
    figure = _figure(snapshot, title, "nats an image")
    figure.add_traces(list(_lines(snapshot, curve.losses, "train_loss", "validation_loss", show, view)))
    if view.log:
        return figure.update_yaxes(type="log").update_layout(uirevision=f"{snapshot.run.run}, log")
    tops = [float(np.quantile(_finite(curve.losses), 0.98)) * 1.15] if _finite(curve.losses) else [2.5]
    tops += [1.05 * loss for loss in _finite(_of_epochs(snapshot, view, "loss"))]
    return figure.update_yaxes(range=[0, max(tops)])


def accuracy_figure(snapshot: Snapshot, view: View) -> go.Figure:
    """Accuracy per batch and epoch."""
    accuracies = snapshot.curve.accuracies
    show = "%{y:.2%}"
    figure = _figure(snapshot, "Accuracy", "share right")
    figure.add_traces(list(_lines(snapshot, accuracies, "train_accuracy", "validation_accuracy", show, view)))
    bottoms = [float(np.quantile(accuracies, 0.05)) - 0.05] if accuracies else [0.0]
    bottoms += [value - 0.05 for value in _of_epochs(snapshot, view, "accuracy")]
    return figure.update_yaxes(range=[max(0.0, min(bottoms)), 1.0], tickformat=".0%")


def _finite(values: Iterable[float]) -> list[float]:
    return [value for value in values if np.isfinite(value)]


def _of_epochs(snapshot: Snapshot, view: View, quantity: str) -> list[float]:
    """Every value that is drawn for an epoch: none of them may lie outside of the axes."""
    ghosts = view.ghost.epochs if view.ghost else ()
    values = [getattr(epoch, f"train_{quantity}") for epoch in snapshot.run.epochs]
    values += [getattr(epoch, f"validation_{quantity}") for epoch in (*snapshot.run.epochs, *ghosts)]
    return [value for value in values if value is not None]


def _figure(snapshot: Snapshot, title: str, unit: str) -> go.Figure:
    figure = go.Figure(layout=layout_of(title, "epoch", unit, 330))
    figure.update_xaxes(range=[0, snapshot.run.experiment.training.epochs])
    figure.update_layout(uirevision=snapshot.run.run)
    for change in snapshot.run.rate_changes:
        figure.add_vline(x=change.epoch, line={"width": 1, "dash": "dot", "color": FAINT})
        figure.add_annotation(
            x=change.epoch,
            y=1,
            yref="paper",
            yanchor="top",
            xanchor="right",
            showarrow=False,
            textangle=-90,
            text=f"rate {change.learning_rate:g}",
            font={"size": 10},
        )
    return figure


def _lines(
    snapshot: Snapshot, batches: Sequence[float], train: str, validation: str, show: str, view: View
) -> Iterable[go.Scatter]:
    yield go.Scatter(
        x=thinned(snapshot.curve.epochs),
        y=thinned(smoothed(batches, view.smoothing)),
        name="batches",
        mode="lines",
        line={"width": 1, "color": FAINT},
        hovertemplate=show,
    )
    if view.ghost is not None and view.ghost.run != snapshot.run.run:
        dotted = {"width": 2, "dash": "dot", "color": _GHOST}
        yield _per_epoch(view.ghost, validation, "best earlier", show, line=dotted, mode="lines")
    yield _per_epoch(snapshot.run, train, "training", show, line={"width": 3, "color": TRAIN})
    if any(getattr(epoch, validation) is not None for epoch in snapshot.run.epochs):
        dashed = {"width": 3, "dash": "dash", "color": VALIDATION}
        diamonds = {"symbol": "diamond", "size": 8}
        yield _per_epoch(snapshot.run, validation, "validation", show, line=dashed, marker=diamonds)


def _per_epoch(run: Run, field: str, name: str, show: str, **style: Any) -> go.Scatter:
    """One point an epoch, at its end; a last epoch that was cut short ends where it was stopped."""
    known = [(epoch, getattr(epoch, field)) for epoch in run.epochs if getattr(epoch, field) is not None]
    return go.Scatter(
        x=[epoch.epoch - 1 + epoch.images / (run.train_images or epoch.images) for epoch, _ in known],
        y=[value for _, value in known],
        name=name,
        hovertemplate=show,
        **{"mode": "lines+markers", **style},
    )
