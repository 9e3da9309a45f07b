"""Reported beside measured."""

import math
import statistics

import pytest

from playground.reproduction.comparison import Comparison, digits_of, percent

SEEDS = (0.898, 0.901, 0.905)


def test_mean_spread_and_standard_error() -> None:
    figure = Comparison(0.9018, SEEDS, 10_000)
    assert figure.mean == pytest.approx(statistics.fmean(SEEDS))
    assert figure.spread == pytest.approx(statistics.stdev(SEEDS))
    assert figure.standard_error == pytest.approx(math.sqrt(figure.mean * (1 - figure.mean) / 10_000))


def test_one_seed_has_no_spread_and_none_has_nothing() -> None:
    assert Comparison(0.9, (0.9,), 100).spread is None
    nothing = Comparison(0.9, (), 100)
    assert (nothing.mean, nothing.spread, nothing.standard_error, nothing.reached) == (None, None, None, None)
    assert nothing.verdict == "not measured"


@pytest.mark.parametrize(
    ("reported", "measured", "reached"),
    [
        (0.94, 0.9395, True),  # 94.0 %: so rounded, 93.95 % is as much
        (0.94, 0.9394, False),
        (0.8824, 0.88235, True),
        (0.8824, 0.88234, False),
        (0.745, 0.88, True),
        (0.9189, 0.9189, True),
    ],
)
def test_a_figure_is_reached_if_the_mean_rounds_to_it(reported: float, measured: float, reached: bool) -> None:
    assert Comparison(reported, (measured,), 10_000).reached is reached


def test_the_verdict_is_plain() -> None:
    assert Comparison(0.94, (0.916,), 10_000).verdict == "not reached: 94.0 % reported, 91.60 % measured"
    assert Comparison(0.87, (0.88,), 10_000).verdict == "reached"
    words = Comparison(None, (0.89,), 10_000, "almost 90 %")
    assert words.verdict == '"almost 90 %" reported, 89.00 % measured'
    assert words.reached is None
    assert Comparison(None, (0.89,), 1000).verdict == "89.00 % measured"


def test_percentages_have_the_articles_decimals() -> None:
    assert [digits_of(value) for value in (0.94, 0.745, 0.8604, 0.9018)] == [1, 1, 2, 2]
    assert Comparison(0.745, (), 1).said == "74.5 %"
    assert Comparison(0.8604, (), 1).said == "86.04 %"
    assert Comparison(None, (), 1).said == "-"
    assert (percent(0.896), percent(None), percent(0.9, 0)) == ("89.60 %", "-", "90 %")
