"""Figures, pure: values in, a Plotly figure out. Colours come from the theme; nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground.experiment.training import Training
from playground.training.schedule import curve

# Pandas is imported here, whole, because Plotly looks into it as soon as any thread has begun to import it: a page
# that was opened while the libraries were loading in the background showed an AttributeError.
_TITLE, _TOOLS = 36, 22  # heights in pixels: of the title's line, and of the one above it for the chart's tools
CHART_CONFIG = {
    "displaylogo": False,  # it leads to another company's pages
    "showSendToCloud": False,  # nothing leaves this machine: a button would send the chart to that company
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["lasso2d", "select2d"],
}
"""What Plotly is told about every chart, by `live_chart`, `map_chart` and `still_chart`."""
FAINT = "rgba(128,140,155,0.55)"  # thin and grey, readable on both themes
TRAIN, VALIDATION = "#0072B2", "#D55E00"
# Of the ten classes: told apart on white and on black, each with a shape of its own.
CLASS_INKS = (
    "#0072B2", "#D55E00", "#16936B", "#C0608F", "#B8860B", "#3A96C8", "#7F6BC4", "#94683A", "#7A8490", "#C23B4E",
)  # fmt: skip
CLASS_SYMBOLS = (
    "circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star", "hexagon", "hourglass",
)  # fmt: skip
_INK = [  # a little is seen already: the errors are what a matrix is read for
    [0.0, "rgba(0,114,178,0.04)"],
    [0.02, "rgba(0,114,178,0.2)"],
    [0.2, "rgba(0,114,178,0.5)"],
    [1.0, "rgb(0,90,150)"],
]
_CHANGE = [[0.0, TRAIN], [0.5, "rgba(128,140,155,0.06)"], [1.0, VALIDATION]]


def layout_of(title: str, x: str, y: str, height: int, tools: bool = True) -> go.Layout:
    """What all charts have in common; titles with units for both axes, height in CSS pixels.

    With tools the chart gets a line more, above the title: beside it they would cover its end on a narrow screen.
    """
    return go.Layout(plain_layout(title, x, y, height, tools))


def plain_layout(title: str, x: str, y: str, height: int, tools: bool = True) -> dict[str, Any]:
    """The same as a document."""
    above = _TOOLS if tools else 0
    place = {"x": 0, "xref": "paper", "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": above + 10}}
    return {
        "title": {"text": title, "font": {"size": 14}, **place},
        "height": height + above,
        "margin": {"l": 8, "r": 8, "t": _TITLE + above, "b": 8},
        "xaxis": {"title": {"text": x, "standoff": 6}, "automargin": True},
        "yaxis": {"title": {"text": y, "standoff": 6}, "automargin": True},
        "legend": {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "xanchor": "left"},
        "hovermode": "x unified",
    }


def schedule_figure(training: Training) -> go.Figure:
    """The learning rate over the epochs of a run."""
    epochs, rates = curve(training)
    line = go.Scatter(
        x=epochs, y=rates, mode="lines", name="rate", hovertemplate="%{y:.3g}<extra></extra>", line_width=2
    )
    # No title at the axis: in the closed drawer of a phone the chart is 14 pixels wide, without a place for one.
    figure = go.Figure(line, layout_of("Learning rate over the epochs", "", "", 150, tools=False))
    figure.update_yaxes(rangemode="tozero")  # else the axis of a constant rate goes from -1 to 1, and shows 0
    return figure.update_layout(showlegend=False)


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
    title = "Confusion matrix, " + ("shares of the true class" if as_share else "images")
    return _matrix(title, values, values, text, names, show, colorscale=_INK, zmin=0)


def change_figure(values: NDArray[np.int64], names: Sequence[str], difference: str = "B minus A") -> go.Figure:
    """A confusion matrix minus another, [10, 10] counts: more in red, fewer in blue, the sign in every cell.

    `difference` says of what from what.
    """
    text = [[f"{v:+d}" if v else "" for v in row] for row in values]
    strength = np.abs(values).astype(np.float64)
    most = max(1.0, float(strength.max()))
    show = f"{difference}: %{{z:+d}} images"
    ink = {"colorscale": _CHANGE, "zmin": -most, "zmax": most}
    return _matrix(f"Confusion: {difference}, images", values, strength, text, names, show, **ink)


def _matrix(
    title: str,
    values: NDArray[Any],
    strength: NDArray[np.float64],
    text: Sequence[Sequence[str]],
    names: Sequence[str],
    show: str,
    **ink: Any,
) -> go.Figure:
    """True classes against predicted ones; `strength` is how much ink a cell has, `show` its hover text."""
    heat = go.Heatmap(
        z=values.tolist(),
        x=list(names),
        y=list(names),
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate=f"true: %{{y}}<br>predicted: %{{x}}<br>{show}<extra></extra>",
        **ink,
    )
    layout = layout_of(title, "predicted", "true class", 560)
    figure = go.Figure([heat, *_cell_texts(strength, text, names)], layout)
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_xaxes(tickangle=-40, showgrid=False)


def _cell_texts(
    values: NDArray[np.float64], text: Sequence[Sequence[str]], names: Sequence[str]
) -> Iterator[go.Scatter]:
    """The figures in the cells: white on strong ones, in the theme's own colour on the others."""
    strong = values > 0.5 * values.max()
    for cells, colour in ((strong, "#FFFFFF"), (~strong, None)):
        rows, columns = (axis.tolist() for axis in np.nonzero(cells))
        yield go.Scatter(
            x=[names[column] for column in columns],
            y=[names[row] for row in rows],
            text=[text[row][column] for row, column in zip(rows, columns, strict=True)],
            mode="text",
            textfont={"color": colour, "size": 12},
            hoverinfo="skip",
        )


def probability_figure(probabilities: Sequence[float], names: Sequence[str], title: str) -> dict[str, Any]:
    """Ten bars: how likely the network finds each class. A document: it is drawn anew at every stroke."""
    best = int(np.argmax(probabilities))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(probabilities),
        "y": list(names),
        "text": [f"{p:.1%}" for p in probabilities],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [TRAIN if i == best else FAINT for i in range(len(names))]},
        "hovertemplate": "%{y}: %{x:.2%}<extra></extra>",
    }
    layout = plain_layout(title, "probability", "", 380) | {"hovermode": "closest", "showlegend": False}
    layout["xaxis"] |= {"range": [0, 1.18], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False}
    return {"data": [bars], "layout": layout | {"uirevision": title}}


Figure = dict[str, Any]
"""A figure as Plotly's JavaScript reads it: `data` and `layout`."""


Line = dict[str, Any]


def upright(epoch: float) -> dict[str, Any]:
    """A thin line at an epoch."""
    line = {"width": 1, "dash": "dot", "color": FAINT}
    return {"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper", "line": line}
