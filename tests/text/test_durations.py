"""Durations in words."""

import pytest

from playground.text.durations import duration, roughly


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "about 0.04 s"),
        (4.21, "about 4.2 s"),
        (59, "about 59 s"),
        (183, "about 3:00"),
        (4000, "about 1:06:40"),
    ],
)
def test_a_guess_has_no_more_digits_than_it_deserves(seconds: float, words: str) -> None:
    assert roughly(seconds) == words


def test_a_duration_is_read_as_a_clock() -> None:
    assert [duration(seconds) for seconds in (0, 65, 3600, 3725)] == ["0:00", "1:05", "1:00:00", "1:02:05"]
