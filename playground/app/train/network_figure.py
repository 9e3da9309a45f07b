"""A network drawn as stacks of feature maps, to scale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby

import plotly.graph_objects as go

from playground.network.plan import LayerRow, Plan

_SHEET = 1.6  # offset of one sheet of a stack from the next, in pixels of the input image
_MOST_SHEETS = 9
_GAP = 9.0
_FILLS = {"maps": "rgba(86,180,233,0.35)", "values": "rgba(230,159,0,0.45)"}


def network_figure(plan: Plan) -> go.Figure:
    """Each layer's output: the side of a map to scale, the depth of a stack growing with its channels.

    Hover tells shape, parameters and multiply-adds. Maps are blue squares, lists of values are orange bars.
    """
    figure = go.Figure(layout=_layout())
    left = _stack(figure, 0.0, plan.rows[0].input_shape, "image", "the image: 1 x 28 x 28")
    for stage, rows in groupby(plan.rows, key=lambda row: row.stage):
        operations = list(rows)
        left = _stack(figure, left, operations[-1].output_shape, stage, _hover(stage, operations))
    return figure


def _layout() -> go.Layout:
    hidden = {"visible": False, "fixedrange": True}
    return go.Layout(
        height=210,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        xaxis=hidden,
        yaxis={**hidden, "scaleanchor": "x", "range": [-12, 46]},
        hovermode="closest",
    )


def _hover(stage: str, rows: Iterable[LayerRow]) -> str:
    lines = [f"<b>{stage}</b>"]
    for row in rows:
        sizes = f"{_size(row.input_shape)} → {_size(row.output_shape)}"
        counts = f"{row.parameters:,} parameters, {row.multiply_adds:,} multiply-adds"
        lines.append(f"{row.operation}<br>  {sizes}" + (f"<br>  {counts}" if row.parameters else ""))
    return "<br>".join(lines)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _stack(figure: go.Figure, left: float, shape: tuple[int, ...], name: str, hover: str) -> float:
    """Draw one output and its labels; return where the next one starts."""
    maps = len(shape) == 3
    side = float(shape[-1]) if maps else min(28.0, 3.0 * math.log2(shape[0] + 1))
    width = side if maps else 2.5
    sheets = min(_MOST_SHEETS, 1 + math.ceil(math.log2(shape[0]))) if maps and shape[0] > 1 else 1
    depth = (sheets - 1) * _SHEET
    bottom = (28 - side) / 2
    for sheet in reversed(range(sheets)):
        _rectangle(figure, left + sheet * _SHEET, bottom + sheet * _SHEET, width, side, maps, hover)
    middle = left + (width + depth) / 2
    for height, text in ((-3.5, f"<b>{name}</b>"), (-8.5, _size(shape))):
        figure.add_annotation(x=middle, y=height, text=text, showarrow=False, font={"size": 11})
    return left + max(width + depth, 10.0) + _GAP


def _rectangle(figure: go.Figure, x: float, y: float, width: float, height: float, maps: bool, hover: str) -> None:
    figure.add_scatter(
        x=[x, x + width, x + width, x, x],
        y=[y, y, y + height, y + height, y],
        fill="toself",
        fillcolor=_FILLS["maps" if maps else "values"],
        line={"width": 1, "color": "rgba(90,110,130,0.9)"},
        mode="lines",
        hoveron="fills",
        text=hover,
        hoverinfo="text",
    )
