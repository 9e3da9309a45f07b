"""Many runs in one picture, pure: their curves over each other, and what they cost against what they reach."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import plotly.graph_objects as go

from playground.app.components.charts import FAINT, TRAIN, layout_of
from playground.app.components.markdown import in_figure
from playground.app.shared.words import shortened
from playground.experiment.differences import differences
from playground.metrics.pareto import front
from playground.reproduction.reference import REFERENCE_LINES
from playground.training.record import Run

QUANTITIES = {
    "validation accuracy": "validation_accuracy",
    "training accuracy": "train_accuracy",
    "validation loss": "validation_loss",
    "training loss": "train_loss",
}
ALONG = {"epoch": "epoch", "step": "batches", "seconds": "seconds of training"}
COSTS = {"parameters": "parameters", "multiply-adds": "multiply_adds", "seconds": "train_seconds"}
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SHAPES = ("circle", "square", "diamond", "cross", "x", "triangle-up")


@dataclass(frozen=True)
class ReportedSystem:
    """A published system as its article reports it; accuracy as a fraction."""

    name: str
    parameters: int
    multiply_adds: int
    accuracy: float


def overlay_figure(runs: Sequence[Run], quantity: str, along: str) -> go.Figure:
    """A quantity of several runs, a value an epoch, over epochs, steps or seconds of training."""
    is_share = "accuracy" in quantity
    figure = go.Figure(layout=layout_of(quantity.capitalize(), ALONG[along], "share" if is_share else "nats", 380))
    for position, run in enumerate(runs):
        values = [getattr(epoch, QUANTITIES[quantity]) for epoch in run.epochs]
        figure.add_scatter(
            x=_positions(run, along),
            y=values,
            name=f"{in_figure(run.name)} · seed {run.experiment.training.seed}",
            mode="lines+markers",
            line={"dash": _DASHES[position % len(_DASHES)]},
            marker={"symbol": _SHAPES[position % len(_SHAPES)]},
            hovertemplate="%{y:.2%}" if is_share else "%{y:.4f}",
        )
        for change in run.rate_changes if along == "epoch" else ():
            figure.add_vline(x=change.epoch, line={"dash": "dot", "color": FAINT})
    return figure.update_yaxes(tickformat=".1%" if is_share else None)


def _positions(run: Run, along: str) -> list[float]:
    if along == "seconds":
        return list(accumulate(epoch.seconds for epoch in run.epochs))
    return [end * (run.batches_in_epoch if along == "step" else 1) for end in run.ends]


def family_figure(family: Sequence[Run]) -> go.Figure:
    """A run and its forks as a tree: a line a run over the epochs, leaving its parent's where it was forked.

    Args:
        family: As of `runs.lineage`: a parent before its forks.
    """
    rows = {run.run: row for row, run in enumerate(family)}
    title = f"From {in_figure(shortened(family[0].name))}"
    figure = go.Figure(layout=layout_of(title, "epoch", "", 130 + 44 * len(family)))
    by_name = {run.run: run for run in family}
    for row, run in enumerate(family):
        parent = by_name.get(run.parent)
        start, end = (run.parent_epoch if parent else 0), max(run.ends, default=run.parent_epoch)
        x, y = [start, end], [row, row]
        if parent:
            x, y = [start, *x], [rows[parent.run], *y]
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"width": 2.5, "color": TRAIN if parent else FAINT}, hoverinfo="skip"
        )
        figure.add_scatter(
            x=[end], y=[row], mode="markers+text", text=[f" {_reached(run)}"], textposition="middle right",
            marker={"size": 11, "color": TRAIN if parent else FAINT, "symbol": "circle"},
            hovertext=[_difference(run, parent)], hoverinfo="text", cliponaxis=False,
        )  # fmt: skip
    figure.update_layout(hovermode="closest", showlegend=False)
    longest = max(max(run.ends, default=1) for run in family)
    figure.update_xaxes(range=[0, 1.4 * longest])  # room for the words behind the last point
    names = [in_figure(shortened(run.name, 22)) for run in family]
    return figure.update_yaxes(
        tickvals=list(range(len(family))), ticktext=names, range=[len(family) - 0.5, -0.5], showgrid=False
    )


def _reached(run: Run) -> str:
    reached = run.validation_accuracy if run.test_accuracy is None else run.test_accuracy
    part = "validation" if run.test_accuracy is None else "test"
    return run.state.value if reached is None else f"{reached:.2%} {part}"


def _difference(run: Run, parent: Run | None) -> str:
    """What is other than in its parent, a line each."""
    if parent is None:
        return f"{in_figure(run.name)}<br>run {in_figure(run.run)}"
    changes = differences([parent.experiment, run.experiment])
    lines = [f"{path}: {before} → {after}" for path, (before, after) in changes.items()]
    head = f"{in_figure(run.name)}, from epoch {run.parent_epoch}"
    return "<br>".join([head, *(lines or ["the same settings"])])


def round_values(values: Sequence[float]) -> list[int]:
    """1, 2, 5, 10, 20, ... as far as the values reach, to be written on a logarithmic axis."""
    known = [value for value in values if value > 0]
    if not known:
        return []
    powers = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
    marks = [digit * 10**power for power in powers if power >= 0 for digit in (1, 2, 5)]
    return [mark for mark in marks if min(known) / 2 < mark < max(known) * 2]


def picture_figure(runs: Sequence[Run], reported: Sequence[ReportedSystem], cost: str) -> go.Figure:
    """Test accuracy against what a network costs, on a logarithmic axis; the front are those that none beats.

    Args:
        runs: Those with a test accuracy are drawn.
        reported: Published systems; they have no seconds.
        cost: One of COSTS.
    """
    field = COSTS[cost]
    drawn = [run for run in runs if run.test_accuracy is not None and getattr(run, field) > 0]
    x, y = [getattr(run, field) for run in drawn], [run.test_accuracy or 0.0 for run in drawn]
    figure = go.Figure(layout=layout_of("Test accuracy", f"{cost}, logarithmic", "accuracy", 460))
    best = front(x, y)
    figure.add_scatter(
        x=[x[each] for each in best], y=[y[each] for each in best],
        name="Pareto front", mode="lines", line={"dash": "dash", "width": 1.5, "color": FAINT, "shape": "hv"},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=y, name="runs", mode="markers", marker={"size": 9, "symbol": "circle"},
        text=[f"{in_figure(run.name)}, seed {run.experiment.training.seed}" for run in drawn],
        hovertemplate=f"%{{text}}<br>%{{x:,}} {cost}<br>%{{y:.2%}}<extra></extra>",
    )  # fmt: skip
    if field != "train_seconds":
        figure.add_scatter(
            x=[getattr(each, field) for each in reported], y=[each.accuracy for each in reported],
            name="reported in articles", mode="markers", marker={"size": 10, "symbol": "diamond-open"},
            text=[each.name for each in reported],
            hovertemplate=f"%{{text}}, as reported<br>%{{x:,}} {cost}<br>%{{y:.2%}}<extra></extra>",
        )  # fmt: skip
    low = min([0.85, *y]) - 0.01
    for name, accuracy in REFERENCE_LINES.items():
        if accuracy > low:
            figure.add_hline(
                y=accuracy,
                line={"dash": "dot", "width": 1, "color": FAINT},
                annotation_text=f"{name} {accuracy:.1%}",
                annotation_position="top left",
                annotation_font_size=10,
            )
    figure.update_layout(hovermode="closest")
    marks = round_values(x + [getattr(each, field, 0) for each in reported])
    figure.update_xaxes(type="log", tickvals=marks, ticktext=[f"{mark:,}" for mark in marks])
    return figure.update_yaxes(tickformat=".0%", range=[low, 0.98])
