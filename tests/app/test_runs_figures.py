"""Many runs in one picture."""

from dataclasses import replace

import pytest
from records import record

from playground.app.runs.figures import (
    ALONG,
    COSTS,
    QUANTITIES,
    ReportedSystem,
    family_figure,
    overlay_figure,
    picture_figure,
    round_values,
)
from playground.training.events import RateChanged
from playground.training.record import Run

REPORTED = (ReportedSystem("lenet", 44_000, 400_000, 0.9),)


def run(number: int, parameters: int, accuracy: float | None) -> Run:
    return record(
        number, parameters=parameters, multiply_adds=10 * parameters, train_seconds=3.0, test_accuracy=accuracy
    )


@pytest.mark.parametrize("along", ALONG)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_curve_over_every_axis(quantity: str, along: str) -> None:
    figure = overlay_figure([record(1), record(2)], quantity, along)
    expected = {"epoch": [1, 2], "step": [7, 14], "seconds": [1.5, 3.0]}[along]
    assert [list(trace.x) for trace in figure.data] == [expected, expected]
    value = {"validation accuracy": 0.1, "training accuracy": 0.2, "validation loss": 2.1, "training loss": 2.0}
    assert [list(trace.y) for trace in figure.data] == [[value[quantity]] * 2] * 2
    assert len({trace.line.dash for trace in figure.data}) == 2  # not by colour alone


@pytest.mark.parametrize(("along", "end"), [("epoch", 1.25), ("step", 1.25 * 7)])
def test_an_epoch_that_was_cut_short_stands_where_it_was_stopped(along: str, end: float) -> None:
    whole = record(1)
    cut = replace(whole.epochs[1], images=55)
    stopped = whole.model_copy(update={"epochs": (whole.epochs[0], cut), "train_images": 220})
    assert list(overlay_figure([stopped], "training loss", along).data[0].x)[-1] == end


def test_a_changed_rate_is_marked_where_epochs_are_the_axis() -> None:
    changed = record(1, rate_changes=(RateChanged(3, 0.5, 0.01),))
    assert len(overlay_figure([changed], "training loss", "epoch").layout.shapes) == 1
    assert len(overlay_figure([changed], "training loss", "seconds").layout.shapes) == 0


@pytest.mark.parametrize("cost", COSTS)
def test_the_picture_has_runs_their_front_and_what_is_reported(cost: str) -> None:
    runs = [run(1, 1000, 0.9), run(2, 2000, 0.89), run(3, 3000, 0.95), run(4, 9, None)]
    figure = picture_figure(runs, REPORTED, cost)
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["runs"].y) == [0.9, 0.89, 0.95]
    expected = {"parameters": [1000, 2000, 3000], "multiply-adds": [10_000, 20_000, 30_000], "seconds": [3.0] * 3}
    assert list(traces["runs"].x) == expected[cost]
    assert ("reported in articles" in traces) == (cost != "seconds")
    if cost != "seconds":
        reported = traces["reported in articles"]
        assert (list(reported.x), list(reported.y)) == ([44_000 if cost == "parameters" else 400_000], [0.9])
    if cost == "parameters":
        assert list(traces["Pareto front"].x) == [1000, 3000]


def test_a_picture_without_runs_has_the_published_ones() -> None:
    figure = picture_figure([], REPORTED, "parameters")
    assert list(figure.data[-1].x) == [44_000]


def test_round_values_span_the_data() -> None:
    assert round_values([30_000, 300_000]) == [20_000, 50_000, 100_000, 200_000, 500_000]
    assert round_values([7]) == [5, 10]
    assert round_values([]) == []


def test_a_fork_leaves_its_parent_after_its_epoch_and_says_what_is_other() -> None:
    parent = record(1)
    faster = parent.experiment.changed({"training.optimizer.learning_rate": 0.5})
    fork = record(2, name="faster", parent=parent.run, parent_epoch=1, experiment=faster, test_accuracy=None)
    figure = family_figure([parent, fork])
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [(list(line.x), list(line.y)) for line in lines] == [([0, 2], [0, 0]), ([1, 1, 2], [0, 1, 1])]
    ends = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert [end.text[0].strip() for end in ends] == ["25.00% test", "10.00% validation"]
    assert ends[1].hovertext[0] == "faster, from epoch 1<br>training.optimizer.learning_rate: 0.1 → 0.5"
    assert list(figure.layout.yaxis.ticktext) == ["tiny", "faster"]
