"""Figures of the inspection pages: what they show is what was counted."""

import json

import numpy as np
import pytest
from scored import Scored
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score

from playground.app.inspect.calibration_figures import coverage_figure, reliability_figure
from playground.app.shared.epoch_figures import chances_figure, classes_figure
from playground.data.classes import CLASS_NAMES
from playground.metrics.calibration import BINS, coverage, reliability


def test_every_class_has_a_line_of_its_own_look() -> None:
    values = np.linspace(0.7, 0.99, 30).reshape(3, 10)
    figure = classes_figure((2, 4, 5), values, "F1", 4, None)
    lines = figure["data"]
    assert [line["name"] for line in lines] == list(CLASS_NAMES)
    assert len({(line["line"]["color"], line["marker"]["symbol"]) for line in lines}) == 10
    assert len({line["marker"]["symbol"] for line in lines}) == 10  # not by colour alone
    assert lines[3]["y"] == pytest.approx(values[:, 3], abs=1e-5)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low <= values.min() <= values.max() <= high
    assert figure["layout"]["shapes"][0]["x0"] == 4


def test_a_chosen_class_stands_out() -> None:
    lines = classes_figure((1, 2), np.full((2, 10), 0.5), "recall", 1, 6)["data"]
    assert [number for number, line in enumerate(lines) if line["opacity"] == 1] == [6]


def test_an_image_shows_its_class_and_those_that_came_near() -> None:
    chances = np.full((2, 10), 0.01)
    chances[0, 4], chances[1, 7] = 0.91, 0.91
    lines = chances_figure((1, 2), chances, 9, 2)["data"]
    assert lines[0]["name"] == "Ankle boot (true)"
    assert {"Coat", "Sneaker"} <= {line["name"] for line in lines}
    for line in lines:
        assert line["x"] == [1, 2]
        assert line["y"] == chances[:, CLASS_NAMES.index(line["name"].removesuffix(" (true)"))].tolist()


def test_reliability_shows_the_filled_bins(scored: Scored) -> None:
    found = reliability(scored.logits, scored.labels)
    _, bars, claimed = reliability_figure(found, "Reliability")["data"]
    assert sum(bars["customdata"]) == len(scored.labels)
    assert len(bars["x"]) == len(claimed["x"]) == (found.counts > 0).sum()
    assert all(0 < x < 1 for x in bars["x"])
    assert bars["y"] == pytest.approx(found.accuracy[found.counts > 0], abs=1e-5)


def test_reliability_is_drawn_as_scikit_learn_has_it(scored: Scored) -> None:
    _, bars, claimed = reliability_figure(reliability(scored.logits, scored.labels), "Reliability")["data"]
    sure, said = scored.logits.double().softmax(1).max(1)
    right, confidence = calibration_curve(said == scored.labels, sure, n_bins=BINS, strategy="uniform")
    counts, edges = np.histogram(sure, BINS, (0, 1))
    filled = counts > 0
    assert bars["y"] == pytest.approx(right, abs=1e-5)
    assert claimed["y"] == pytest.approx(confidence, abs=1e-5)
    assert bars["customdata"] == counts[filled].tolist()
    assert bars["text"] == [f"{count:,}" for count in counts[filled]]
    assert bars["x"] == claimed["x"] == pytest.approx((edges[:-1] + edges[1:])[filled] / 2, abs=1e-4)


def test_coverage_is_drawn_as_scikit_learn_counts_it(scored: Scored) -> None:
    thresholds = np.linspace(0.2, 0.95, 16)
    figure = coverage_figure(coverage(scored.logits, scored.labels, thresholds), 0.9, (0.8, 0.99), 1000)
    line, point = figure["data"]
    sure, said = scored.logits.double().softmax(1).max(1)
    assert line["customdata"] == pytest.approx(thresholds, abs=1e-4)
    for threshold, share, right in zip(thresholds, line["x"], line["y"], strict=True):
        answered = sure >= threshold
        assert share == pytest.approx(answered.double().mean().item(), abs=1e-5)
        assert right == pytest.approx(accuracy_score(scored.labels[answered], said[answered]), abs=1e-5)
    assert (point["x"], point["y"]) == ([0.8], [0.99])


def test_all_figures_are_json(scored: Scored) -> None:
    cover = coverage(scored.logits, scored.labels, np.linspace(0.2, 1, 50))
    figures = (
        coverage_figure(cover, 0.9, (0.8, 0.99), 1000),
        reliability_figure(reliability(scored.logits, scored.labels), "Reliability"),
        chances_figure((1,), np.full((1, 10), 0.1), 0, 1),
        classes_figure((1,), np.zeros((1, 10)), "F1", 1, None),
    )
    for figure in figures:
        json.dumps(figure, allow_nan=False)
