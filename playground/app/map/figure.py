"""Images as points in a plane, pure: a figure for `map_chart`, the same as rows, and words for both."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.app.components.charts import CLASS_INKS, CLASS_SYMBOLS, plain_layout
from playground.app.components.saving import csv_text
from playground.data.classes import CLASS_NAMES
from playground.interpret.embedding import Points

ANY, ANOTHER = "any class", "another class"
_RIGHT, _WRONG = "#7A8490", "#D55E00"
_FINE, _COARSE = 5, 7  # pixels of a point, above and up to so many points
_MANY = 4000
_NAME = (0.13, 0.042)  # width and height of a name, as a share of what the picture spans


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Images in a plane and what a network says of them; image number i is row i.

    Attributes:
        points: float32 [n, 2].
        labels, answers: int64 [n], 0 to 9: the class it is of, the class it is taken for.
        probabilities: float32 [n], of the answer.
    """

    points: Points
    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @property
    def is_wrong(self) -> NDArray[np.bool_]:
        """Whether each image is taken for another class, bool [n]."""
        wrong: NDArray[np.bool_] = self.labels != self.answers
        return wrong


def map_figure(
    map_points: MapPoints, by_error: bool, title: str, axes: tuple[str, str], step: float
) -> dict[str, Any]:
    """A point an image, a trace a class; or right and wrong ones apart, the wrong on top.

    Args:
        spots: What is drawn.
        by_error: Whether colour and shape tell right from wrong; else they tell the class.
        title, axes: In words.
        step: The axes end at whole numbers of these, so that they seldom change from epoch to epoch.
    """
    layout = plain_layout(title, *axes, height=620)
    ranges = [_range(values, step) for values in map_points.points.T]
    for axis, ends in zip(("xaxis", "yaxis"), ranges, strict=True):
        layout[axis] |= {"range": ends, "showgrid": False, "nticks": 7, "automargin": False}
    layout["yaxis"] |= {"scaleanchor": "x"}  # a centimetre is the same distance both ways
    layout["margin"] |= {"l": 56, "b": 48}  # always the same: nothing moves but the points
    layout |= {"hovermode": "closest", "legend": {**layout["legend"], "y": -0.12, "itemsizing": "constant"}}
    if by_error:
        return {"data": _right_and_wrong(map_points), "layout": layout}
    layout["annotations"] = _names(map_points, max(last - first for first, last in ranges))
    return {"data": _classes(map_points), "layout": layout}


def _range(values: NDArray[np.float32], step: float) -> list[float]:
    """The ends of an axis: whole numbers of steps around all values, with a little room."""
    low, high = float(values.min()) / step, float(values.max()) / step
    return [step * math.floor(low - 0.1), step * math.ceil(high + 0.1)]


def _classes(map_points: MapPoints) -> list[dict[str, Any]]:
    return [
        _trace(
            map_points,
            np.flatnonzero(map_points.labels == number),
            name,
            color=CLASS_INKS[number],
            symbol=CLASS_SYMBOLS[number],
        )
        for number, name in enumerate(CLASS_NAMES)
    ]


def _right_and_wrong(map_points: MapPoints) -> list[dict[str, Any]]:
    right, wrong = np.flatnonzero(~map_points.is_wrong), np.flatnonzero(map_points.is_wrong)
    plain = {"color": _RIGHT, "symbol": "circle", "opacity": 0.5}
    marked = {"color": _WRONG, "symbol": "x", "size": _size(map_points) + 2}
    return [
        _trace(map_points, right, f"right ({len(right):,})", **plain),
        _trace(map_points, wrong, f"wrong ({len(wrong):,})", **marked),
    ]


def _size(map_points: MapPoints) -> int:
    return _FINE if len(map_points.points) > _MANY else _COARSE


def _trace(map_points: MapPoints, rows: NDArray[np.int64], name: str, **marker: Any) -> dict[str, Any]:
    truth, said = map_points.labels[rows].tolist(), map_points.answers[rows].tolist()
    return {
        "type": "scattergl",
        "mode": "markers",
        "name": name,
        "x": _packed(map_points.points[rows, 0]),
        "y": _packed(map_points.points[rows, 1]),
        "customdata": _packed(map_points.probabilities[rows]),
        "ids": rows.tolist(),
        "text": [_told(*each) for each in zip(truth, said, strict=True)],
        "marker": {"size": _size(map_points), "opacity": 0.8, **marker},
        "unselected": {"marker": {"opacity": 0.12}},
        "hovertemplate": "%{text} %{customdata:.1%}<br>no. %{id}<extra></extra>",
    }


def _told(true: int, said: int) -> str:
    if true == said:
        return f"{CLASS_NAMES[true]}, right,"
    return f"{CLASS_NAMES[true]}, taken for {CLASS_NAMES[said]},"


def _packed(values: NDArray[np.float32]) -> dict[str, str]:
    """Numbers as Plotly reads them without a text between: a quarter of the bytes."""
    return {"dtype": "f4", "bdata": base64.b64encode(values.astype("<f4").tobytes()).decode()}


def _names(map_points: MapPoints, span: float) -> list[dict[str, Any]]:
    """The name of each class where most of its images are; below another name, if that is there already."""
    middles = {
        name: np.median(map_points.points[map_points.labels == number], axis=0).tolist()
        for number, name in enumerate(CLASS_NAMES)
        if (map_points.labels == number).any()
    }
    placed: list[tuple[float, float]] = []
    for x, y in sorted(middles.values(), key=lambda place: -place[1]):
        while any(abs(x - left) < _NAME[0] * span and abs(y - top) < _NAME[1] * span for left, top in placed):
            y -= _NAME[1] * span / 4
        placed.append((x, y))
    names = sorted(middles, key=lambda name: -middles[name][1])
    style = {"showarrow": False, "font": {"size": 12}, "borderpad": 1}
    return [{"x": x, "y": y, "text": name, **style} for name, (x, y) in zip(names, placed, strict=True)]


def as_csv(map_points: MapPoints) -> str:
    """A line an image: number, class, answer, its probability, and both coordinates."""
    columns = (
        each.tolist()
        for each in (map_points.labels, map_points.answers, map_points.probabilities, *map_points.points.T)
    )
    rows = (
        (number, CLASS_NAMES[label], CLASS_NAMES[answer], *(f"{each:.7g}" for each in figures))
        for number, (label, answer, *figures) in enumerate(zip(*columns, strict=True))
    )
    return csv_text(("number", "class", "answer", "probability", "x", "y"), rows)


def of_kind(map_points: MapPoints, true: str, said: str) -> tuple[int, ...]:
    """Numbers of the images of a class, or ANY, that are taken for a class, ANY, or ANOTHER than their own."""
    wanted = np.ones(len(map_points.labels), bool)
    if true in CLASS_NAMES:
        wanted &= map_points.labels == CLASS_NAMES.index(true)
    if said == ANOTHER:
        wanted &= map_points.is_wrong
    elif said in CLASS_NAMES:
        wanted &= map_points.answers == CLASS_NAMES.index(said)
    return tuple(np.flatnonzero(wanted).tolist())


def composition(map_points: MapPoints, chosen: Sequence[int]) -> str:
    """Which classes chosen images are of, the most frequent first, and how many of them are right."""
    rows = list(chosen)
    counts = Counter(map_points.labels[rows].tolist()).most_common()
    classes = ", ".join(f"{count:,} {CLASS_NAMES[label]}" for label, count in counts)
    right = 1 - float(map_points.is_wrong[rows].mean())
    return f"**{len(rows):,}** selected: {classes}. {right:.1%} of them are correct."
