"""Figures of the Inside page, pure: values in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground.app.components.charts import FAINT, TRAIN, VALIDATION, layout_of
from playground.app.shared.value_pictures import PLOTLY_SCALE
from playground.data.classes import CLASS_NAMES
from playground.network.plan import LayerRow

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SHAPES = ("circle", "square", "diamond", "cross", "x", "triangle-up")


def units_figure(values: NDArray[np.float32], place: LayerRow) -> go.Figure:
    """A bar for each unit; the class scores have the classes' names."""
    scores = place.stage == "output"
    names = list(CLASS_NAMES) if scores else list(range(len(values)))
    bars = go.Bar(
        x=names,
        y=values.tolist(),
        marker={"color": [VALIDATION if v >= 0 else TRAIN for v in values.tolist()]},
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
    )
    title = "Class scores, before softmax" if scores else f"Values of {place.stage}"
    figure = go.Figure(bars, layout_of(title, "" if scores else "unit", "value", 300))
    return figure.update_layout(hovermode="closest", showlegend=False)


def matrix_figure(weights: NDArray[np.float32], place: LayerRow) -> go.Figure:
    """Weights [units, inputs]."""
    figure = _heat(weights, f"Weights of {place.stage}", "unit %{y}, input %{x}: %{z:.4g}", 360)
    figure.update_xaxes(title_text="input", visible=True)
    return figure.update_yaxes(title_text="unit", visible=True)


def _heat(values: NDArray[Any], title: str, hover: str, height: int, limit: float | None = None) -> go.Figure:
    most = limit or max(float(np.abs(values).max()), 1e-12)
    heat = go.Heatmap(
        z=values.tolist(),
        zmin=-most,
        zmax=most,
        colorscale=PLOTLY_SCALE,
        showscale=False,
        hovertemplate=hover + "<extra></extra>",
    )
    figure = go.Figure(heat, layout_of(title, "", "", height))
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(visible=False, showgrid=False)
    return figure.update_yaxes(visible=False, showgrid=False, autorange="reversed")


def clickable_map(values: NDArray[Any], chosen: tuple[int, int], title: str) -> go.Figure:
    """A feature map [h, w] whose values can be clicked; the chosen one has a ring. A heatmap gives no clicks."""
    figure = _heat(values, title, "", 330)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    rows, columns = (axis.ravel() for axis in np.indices(values.shape))
    figure.add_scatter(
        x=columns.tolist(),
        y=rows.tolist(),
        mode="markers",
        marker={"symbol": "square", "size": 280 / max(values.shape), "color": "rgba(0,0,0,0)"},
        customdata=np.stack([rows, columns, values.ravel()], 1).tolist(),
        hovertemplate="row %{customdata[0]}, column %{customdata[1]}: %{customdata[2]:.4g}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
    )
    row, column = chosen
    edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    for line in ({"color": "#FFFFFF", "width": 3}, {"color": "#000000", "width": 1}):  # seen on light and on dark
        figure.add_shape(type="rect", **edges, line=line)
    return _squares(figure)


def number_grid(values: NDArray[Any], title: str) -> go.Figure:
    """A patch or kernel [k, k] with its numbers, where there is room for them."""
    figure = _heat(values, title, "row %{y}, column %{x}: %{z:.5g}", 250)
    if max(values.shape) <= 7:
        figure.update_traces(texttemplate="%{z:.2g}", selector={"type": "heatmap"})
    return _squares(figure)


def _squares(figure: go.Figure) -> go.Figure:
    figure.update_yaxes(scaleanchor="x", constrain="domain")
    return figure.update_xaxes(constrain="domain")


def alone_figure(changes: Sequence[float], word: str, images: int) -> go.Figure:
    """What muting each filter alone does to the accuracy, in points; the worst losses first."""
    order = sorted(range(len(changes)), key=lambda each: changes[each])
    bars = go.Bar(
        x=[f"{each}" for each in order],
        y=[100 * changes[each] for each in order],
        marker={"color": [TRAIN if changes[each] < 0 else VALIDATION for each in order]},
        hovertemplate=f"{word} %{{x}}: %{{y:+.2f}} points<extra></extra>",
    )
    title = f"Each {word} muted alone, n = {images:,} images"
    figure = go.Figure(bars, layout_of(title, word, "change of accuracy, points", 300))
    figure.update_layout(hovermode="closest", showlegend=False)
    return figure.update_xaxes(type="category")


def history_figure(
    title: str, unit: str, histories: Mapping[str, tuple[Sequence[int], Sequence[float]]], log: bool, epoch: int
) -> go.Figure:
    """Quantities over the epochs, a line each, told apart by dash and marker as well as colour."""
    figure = go.Figure(layout=layout_of(title, "epoch", unit, 360))
    for position, (name, (epochs, values)) in enumerate(histories.items()):
        figure.add_scatter(
            x=list(epochs),
            y=list(values),
            name=name,
            mode="lines+markers",
            line={"dash": _DASHES[position % len(_DASHES)]},
            marker={"symbol": _SHAPES[position % len(_SHAPES)]},
            hovertemplate="%{y:.3g}",
        )
    figure.add_vline(x=epoch, line={"dash": "dot", "color": FAINT})
    epochs = sorted({each for along, _ in histories.values() for each in along})
    figure.update_xaxes(tickformat="d", dtick=1 if epochs[-1] - epochs[0] < 12 else None)
    return figure.update_yaxes(type="log" if log else "linear")
