"""The figures of a run: what is drawn where, and never off the chart."""

import json
import math
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from records import record

from playground.app.train import progress_figures
from playground.app.train.progress_figures import MOST_POINTS, View, smoothed, thinned
from playground.runs.snapshot import Curve, Snapshot
from playground.training.events import EpochMetrics, RateChanged, Resumption


def loss_figure(snapshot: Snapshot, view: View) -> go.Figure:
    """Through Plotly's own classes, which refuse what its JavaScript would not understand."""
    return go.Figure(progress_figures.loss_figure(snapshot, view))


def accuracy_figure(snapshot: Snapshot, view: View) -> go.Figure:
    return go.Figure(progress_figures.accuracy_figure(snapshot, view))


def epoch(number: int, train: float, validation: float | None, images: int = 220) -> EpochMetrics:
    return EpochMetrics(number, images, train, 1 - train, validation, validation and 1 - validation, 0.1, 1.0)


def snapshot(*epochs: EpochMetrics, batches: int = 100, **changes) -> Snapshot:
    steps = tuple(float(x) for x in np.linspace(0, len(epochs), batches))
    losses = tuple(float(x) for x in np.linspace(0.5, 0.01, batches))
    run = record(epochs=epochs, train_images=220, **changes)
    return Snapshot(run, Curve(steps, losses, tuple(1 - loss for loss in losses)))


def trace(figure, name: str):
    return next(each for each in figure.data if each.name == name)


def test_a_validation_loss_that_rises_stays_on_the_chart():
    shown = snapshot(epoch(1, 0.3, 0.4), epoch(2, 0.02, 0.95))
    assert loss_figure(shown, View()).layout.yaxis.range[1] > 0.95
    assert accuracy_figure(shown, View()).layout.yaxis.range[0] < 0.05


def test_a_ghost_stays_on_the_chart():
    ghost = record(epochs=(epoch(1, 0.9, 0.99),), train_images=220)
    view = View(ghost=ghost.model_copy(update={"run": "20260101-000000-9999"}))
    figure = loss_figure(snapshot(epoch(1, 0.3, 0.4)), view)
    assert figure.layout.yaxis.range[1] > 0.99
    assert list(trace(figure, "best earlier").y) == [0.99]


def test_points_stand_at_the_end_of_their_epoch_and_a_cut_one_where_it_stopped():
    figure = loss_figure(snapshot(epoch(1, 0.3, 0.4), epoch(2, 0.2, 0.3, images=55)), View())
    assert list(trace(figure, "training").x) == [1.0, 1.25]
    assert list(trace(figure, "validation").x) == [1.0, 1.25]


def test_without_validation_there_is_no_such_line():
    names = [each.name for each in loss_figure(snapshot(epoch(1, 0.3, None)), View()).data]
    assert names == ["batches", "training"]


def test_a_queued_run_has_sensible_axes():
    empty = Snapshot(record(epochs=()))
    assert tuple(accuracy_figure(empty, View()).layout.yaxis.range) == (0.0, 1.0)
    assert tuple(loss_figure(empty, View()).layout.yaxis.range) == (0, 2.5)


def test_a_changed_rate_is_marked():
    changed = snapshot(epoch(1, 0.3, 0.4), rate_changes=(RateChanged(3, 0.5, 0.01),))
    figure = loss_figure(changed, View())
    assert figure.layout.annotations[0].text == "rate 0.01"
    assert figure.layout.shapes[0].x0 == 0.5


def test_both_charts_of_the_longest_run_stay_under_20_kilobytes():
    epochs = [epoch(number, 0.3, 0.4) for number in range(1, 31)]
    long = snapshot(*epochs, batches=2000)
    figures = progress_figures.loss_figure(long, View()), progress_figures.accuracy_figure(long, View())
    assert max(len(each.x) for each in loss_figure(long, View()).data) <= MOST_POINTS
    assert sum(len(json.dumps(figure)) for figure in figures) < 20_000


def test_a_loss_that_is_no_number_is_a_gap():
    broken = replace(snapshot(epoch(1, math.inf, None)), curve=Curve((0.1, 0.2), (math.nan, 2.0), (0.1, 0.1)))
    figure = progress_figures.loss_figure(broken, View())
    json.dumps(figure, allow_nan=False)
    assert figure["data"][0]["y"] == [None, 2.0]
    assert figure["data"][1]["y"] == [None]


def test_forks_and_interruptions_are_marked():
    shown = snapshot(
        epoch(1, 0.3, 0.4), epoch(2, 0.3, 0.4), parent="x", parent_epoch=1, resumed=(Resumption(2, True),)
    )
    marks = {each.text: each.x for each in loss_figure(shown, View()).layout.annotations}
    assert marks == {"fork": 1, "resumed": 2}


def test_thinning_keeps_the_mean():
    values = list(np.random.default_rng(0).random(2000))
    assert len(thinned(values)) == MOST_POINTS
    assert np.mean(thinned(values)) == pytest.approx(np.mean(values), rel=1e-3)
    assert thinned([0.123456]) == [0.1235]


def test_smoothing_of_a_constant_is_that_constant():
    assert smoothed([2.0] * 50, 0.9) == pytest.approx([2.0] * 50)
    assert list(smoothed([1.0, 5.0], 0.0)) == [1.0, 5.0]
