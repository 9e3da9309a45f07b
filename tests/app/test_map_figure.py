"""The map as a figure, as rows and in words."""

import base64
import csv
import io
import itertools
from typing import Any

import numpy as np
import pytest

from playground.app.map.figure import ANOTHER, ANY, MapPoints, as_csv, composition, map_figure, of_kind
from playground.data.classes import CLASS_NAMES

COUNT = 400


@pytest.fixture(scope="module")
def map_points() -> MapPoints:
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 10, COUNT)
    answers = np.where(draw.random(COUNT) < 0.8, labels, draw.integers(0, 10, COUNT))
    return MapPoints(draw.normal(size=(COUNT, 2)).astype("f4"), labels, answers, draw.random(COUNT).astype("f4"))


def values(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])


def drawn(figure: dict[str, Any]) -> dict[int, tuple[float, float, float, str]]:
    """By the number of an image: place, probability, and what is said of it."""
    found = {}
    for trace in figure["data"]:
        columns = (values(trace["x"]), values(trace["y"]), values(trace["customdata"]), trace["text"])
        found.update(zip(trace["ids"], zip(*columns, strict=True), strict=True))
    return found


@pytest.mark.parametrize("by_error", [False, True])
def test_every_image_is_a_point_in_its_place(map_points: MapPoints, by_error: bool) -> None:
    found = drawn(map_figure(map_points, by_error, "", ("", ""), 0.2))
    assert sorted(found) == list(range(COUNT))
    for number, (x, y, probability, text) in found.items():
        assert (x, y) == tuple(map_points.points[number])
        assert probability == map_points.probabilities[number]
        assert text.startswith(CLASS_NAMES[map_points.labels[number]])
        if map_points.labels[number] == map_points.answers[number]:
            assert "right" in text
        else:
            assert text.endswith(f"taken for {CLASS_NAMES[map_points.answers[number]]},")


def test_a_class_has_a_colour_a_shape_and_a_name_of_its_own(map_points: MapPoints) -> None:
    figure = map_figure(map_points, False, "", ("", ""), 0.2)
    traces = figure["data"]
    assert [trace["name"] for trace in traces] == list(CLASS_NAMES)
    for mark in ("color", "symbol"):
        assert len({trace["marker"][mark] for trace in traces}) == 10
    for number, trace in enumerate(traces):
        assert (map_points.labels[trace["ids"]] == number).all()
    assert {each["text"] for each in figure["layout"]["annotations"]} == set(CLASS_NAMES)


def test_names_do_not_lie_on_each_other(map_points: MapPoints) -> None:
    crowded = MapPoints(map_points.points / 100, map_points.labels, map_points.answers, map_points.probabilities)
    layout = map_figure(crowded, False, "", ("", ""), 1.0)["layout"]
    span = max(np.diff(layout[axis]["range"])[0] for axis in ("xaxis", "yaxis"))
    for one, other in itertools.combinations(layout["annotations"], 2):
        assert abs(one["x"] - other["x"]) > 0.1 * span or abs(one["y"] - other["y"]) > 0.04 * span


def test_right_and_wrong_differ_in_colour_and_shape_and_are_counted(map_points: MapPoints) -> None:
    right, wrong = map_figure(map_points, True, "", ("", ""), 0.2)["data"]
    assert len(wrong["ids"]) == map_points.is_wrong.sum()
    assert (right["name"], wrong["name"]) == (f"right ({len(right['ids'])})", f"wrong ({len(wrong['ids'])})")
    for mark in ("color", "symbol"):
        assert right["marker"][mark] != wrong["marker"][mark]


def test_the_axes_end_at_whole_steps_around_all_points(map_points: MapPoints) -> None:
    layout = map_figure(map_points, True, "", ("", ""), 0.2)["layout"]
    for axis, along in zip(("xaxis", "yaxis"), map_points.points.T, strict=True):
        low, high = layout[axis]["range"]
        assert low < along.min() < along.max() < high
        assert low / 0.2 == pytest.approx(round(low / 0.2))
        assert high - along.max() < 0.25


def test_rows_have_all_that_the_picture_has(map_points: MapPoints) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(map_points))))
    assert [int(row["number"]) for row in rows] == list(range(COUNT))
    assert [row["class"] for row in rows] == [CLASS_NAMES[label] for label in map_points.labels]
    assert [row["answer"] for row in rows] == [CLASS_NAMES[answer] for answer in map_points.answers]
    for name, expected in (
        ("probability", map_points.probabilities),
        ("x", map_points.points[:, 0]),
        ("y", map_points.points[:, 1]),
    ):
        assert [float(row[name]) for row in rows] == pytest.approx(expected, rel=1e-5)


def test_what_is_chosen_is_counted_by_class(map_points: MapPoints) -> None:
    chosen = [*np.flatnonzero(map_points.labels == 6)[:5], *np.flatnonzero(map_points.labels == 0)[:3]]
    right = 100 * np.mean(map_points.labels[chosen] == map_points.answers[chosen])
    words = composition(map_points, chosen)
    assert words == f"**8** selected: 5 Shirt, 3 T-shirt/top. {right:.1f}% of them are correct."


def test_images_of_a_kind(map_points: MapPoints) -> None:
    labels, answers = map_points.labels, map_points.answers
    assert of_kind(map_points, ANY, ANY) == tuple(range(COUNT))
    assert of_kind(map_points, "Shirt", ANY) == tuple(np.flatnonzero(labels == 6))
    assert of_kind(map_points, ANY, ANOTHER) == tuple(np.flatnonzero(labels != answers))
    assert of_kind(map_points, "Shirt", "Coat") == tuple(np.flatnonzero((labels == 6) & (answers == 4)))
