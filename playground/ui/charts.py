"""Figures, pure: values in, a Plotly figure out. Colours come from the theme; nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground.core.schedule import curve
from playground.core.training import Training
from playground.services.jobs import Snapshot

_MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}
_BATCHES = "rgba(128,140,155,0.55)"  # thin and grey, readable on both themes
_INK = [[0.0, "rgba(0,114,178,0.05)"], [0.5, "rgba(0,114,178,0.6)"], [1.0, "rgb(0,90,150)"]]  # on any background
_TRAIN, _VALIDATION = "#0072B2", "#D55E00"


def _layout(title: str, x: str, y: str, height: int) -> go.Layout:
    return go.Layout(
        title={"text": title, "font": {"size": 14}, "x": 0, "xref": "paper"},
        height=height,
        margin=_MARGIN,
        xaxis={"title": {"text": x, "standoff": 6}, "automargin": True},
        yaxis={"title": {"text": y, "standoff": 6}, "automargin": True},
        legend={"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "xanchor": "left"},
        hovermode="x unified",
    )


def schedule_figure(training: Training) -> go.Figure:
    """The learning rate over the epochs of a run."""
    epochs, rates = curve(training)
    line = go.Scatter(
        x=epochs, y=rates, mode="lines", name="rate", hovertemplate="%{y:.3g}<extra></extra>", line_width=2
    )
    figure = go.Figure(line, _layout("Learning rate", "epoch", "", 150))
    return figure.update_layout(showlegend=False)


def _progress_figure(snapshot: Snapshot, title: str, unit: str, series: Sequence[str], show: str) -> go.Figure:
    """Batches thin, epochs bold, validation dashed."""
    batches, train, validation = series
    epochs = snapshot.run.epochs
    at = [epoch.epoch for epoch in epochs]
    lines = [
        go.Scatter(
            x=snapshot.curve.epochs,
            y=getattr(snapshot.curve, batches),
            name="batches",
            mode="lines",
            line={"width": 1, "color": _BATCHES},
            hovertemplate=show,
        ),
        go.Scatter(
            x=at,
            y=[getattr(epoch, train) for epoch in epochs],
            name="training",
            mode="lines+markers",
            line={"width": 3, "color": _TRAIN},
            hovertemplate=show,
        ),
    ]
    if any(getattr(epoch, validation) is not None for epoch in epochs):
        lines.append(
            go.Scatter(
                x=at,
                y=[getattr(epoch, validation) for epoch in epochs],
                name="validation",
                mode="lines+markers",
                line={"width": 3, "dash": "dash", "color": _VALIDATION},
                marker={"symbol": "diamond", "size": 8},
                hovertemplate=show,
            )
        )
    figure = go.Figure(lines, _layout(title, "epoch", unit, 320))
    length = snapshot.run.experiment.training.epochs
    return figure.update_xaxes(range=[0, length]).update_layout(uirevision=snapshot.run.run)


def loss_figure(snapshot: Snapshot) -> go.Figure:
    """Loss per batch and epoch; the axis leaves out the first batches' peak, which hides the rest."""
    names = ("losses", "train_loss", "validation_loss")
    figure = _progress_figure(snapshot, "Loss", "nats an image", names, "%{y:.4f}")
    losses = [loss for loss in snapshot.curve.losses if np.isfinite(loss)]
    if len(losses) > 20:
        top = float(np.quantile(losses, 0.98)) * 1.15
        figure.update_yaxes(range=[0, top])
    return figure


def accuracy_figure(snapshot: Snapshot) -> go.Figure:
    """Accuracy per batch and epoch."""
    names = ("accuracies", "train_accuracy", "validation_accuracy")
    figure = _progress_figure(snapshot, "Accuracy", "share right", names, "%{y:.2%}")
    accuracies = snapshot.curve.accuracies
    if len(accuracies) > 20:
        figure.update_yaxes(range=[max(0.0, float(np.quantile(accuracies, 0.05)) - 0.05), 1.0])
    return figure.update_yaxes(tickformat=".0%")


def confusion_figure(values: NDArray[np.float64], names: Sequence[str], as_share: bool) -> go.Figure:
    """A confusion matrix: rows are true classes, columns what the network said.

    Args:
        values: [10, 10] counts, or shares of the true class (0 to 1).
        names: The ten class names.
        as_share: Which of the two it is.
    """
    text = [[(f"{v:.0%}" if v >= 0.005 else "") if as_share else (f"{v:.0f}" if v else "") for v in row]
            for row in values]  # fmt: skip
    show = "%{z:.1%}" if as_share else "%{z:,} images"
    heat = go.Heatmap(
        z=values.tolist(),
        x=list(names),
        y=list(names),
        text=text,
        texttemplate="%{text}",
        colorscale=_INK,
        zmin=0,
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate=f"true: %{{y}}<br>predicted: %{{x}}<br>{show}<extra></extra>",
    )
    title = "Confusion matrix, " + ("shares of the true class" if as_share else "images")
    figure = go.Figure(heat, _layout(title, "predicted", "true class", 560))
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(autorange="reversed")
    return figure.update_xaxes(tickangle=-40)


def probability_figure(probabilities: Sequence[float], names: Sequence[str], title: str) -> go.Figure:
    """Ten bars: how likely the network finds each class."""
    best = int(np.argmax(probabilities))
    bars = go.Bar(
        x=list(probabilities),
        y=list(names),
        orientation="h",
        text=[f"{p:.1%}" for p in probabilities],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [_TRAIN if i == best else _BATCHES for i in range(len(names))]},
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    figure = go.Figure(bars, _layout(title, "probability", "", 380))
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(range=[0, 1.18], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure.update_yaxes(autorange="reversed")
