"""Time left is guessed from what was timed."""

import pytest

from playground.reproduction.pace import Pace, in_words
from playground.reproduction.published import systems

MLP, TANH, WIDE = systems(["mlp-baseline", "lenet-tanh", "lenet-wide"])


def test_a_system_that_was_timed_takes_as_long_again() -> None:
    pace = Pace()
    pace.learn(MLP, 100.0)
    pace.learn(TANH, 60.0)
    assert pace.left([MLP, TANH, TANH], spent=20.0) == pytest.approx(200)


def test_another_takes_longer_by_its_work() -> None:
    pace = Pace()
    pace.learn(TANH, 60.0)
    assert pace.left([WIDE], spent=0.0) == pytest.approx(60 * WIDE.work / TANH.work)


def test_the_latest_time_counts_and_none_is_negative() -> None:
    pace = Pace()
    pace.learn(MLP, 100.0)
    pace.learn(MLP, 50.0)
    assert pace.left([MLP], spent=10.0) == pytest.approx(40)
    assert pace.left([MLP], spent=70.0) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (29, "less than a minute"), (61, "about 1 minute"), (2460, "about 41 minutes")],
)
def test_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
