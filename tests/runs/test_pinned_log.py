"""What was said of pins, in a run's folder."""

from pathlib import Path

import pytest

from playground.runs.pinned_log import PINNED, add_epoch, keep_until, read_streams, stamp

EVEN = (0.1,) * 10
SURE = (1.0, *(0.0,) * 9)


def test_epochs_are_added_and_the_later_word_holds(tmp_path: Path) -> None:
    assert read_streams(tmp_path) == {}
    add_epoch(tmp_path, 1, {"a": EVEN, "b": SURE})
    add_epoch(tmp_path, 2, {"a": SURE})
    add_epoch(tmp_path, 1, {"a": SURE})
    assert read_streams(tmp_path) == {"a": {1: SURE, 2: SURE}, "b": {1: SURE}}


def test_probabilities_have_six_digits(tmp_path: Path) -> None:
    third = (1 / 3, 2 / 3, *(0.0,) * 8)
    add_epoch(tmp_path, 1, {"a": third})
    assert read_streams(tmp_path)["a"][1] == pytest.approx(third, abs=5e-7)


def test_a_torn_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    add_epoch(tmp_path, 1, {"a": EVEN})
    add_epoch(tmp_path, 2, {"a": SURE})
    file = tmp_path / PINNED
    file.write_bytes(file.read_bytes()[:-30])  # the process was killed within the second line
    add_epoch(tmp_path, 3, {"a": SURE})
    assert read_streams(tmp_path) == {"a": {1: EVEN, 3: SURE}}


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b'{"epoch": 1}',
        b'{"epoch": "x", "pins": {}}',
        b'{"epoch": 1, "pins": {"a": [0.5, 0.5]}}',
        b'{"epoch": 1, "pins": {"a": [NaN, 1, 0, 0, 0, 0, 0, 0, 0, 0]}}',
        b'{"epoch": 1, "pins": {"a": [7, 1, 0, 0, 0, 0, 0, 0, 0, 0]}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_damaged_line_is_passed_over(tmp_path: Path, line: bytes) -> None:
    (tmp_path / PINNED).write_bytes(line + b"\n")
    add_epoch(tmp_path, 2, {"a": SURE})
    assert read_streams(tmp_path) == {"a": {2: SURE}}


def test_what_came_after_an_epoch_is_forgotten_or_not_inherited(tmp_path: Path) -> None:
    fork = tmp_path / "fork"
    fork.mkdir()
    keep_until(tmp_path, 2, fork)
    assert list(fork.iterdir()) == []
    for epoch in (1, 2, 3):
        add_epoch(tmp_path, epoch, {"a": EVEN, **({"b": SURE} if epoch > 1 else {})})
    keep_until(tmp_path, 2, fork)
    kept = {"a": {1: EVEN, 2: EVEN}, "b": {2: SURE}}
    assert read_streams(fork) == kept
    keep_until(tmp_path, 2, tmp_path)
    assert read_streams(tmp_path) == kept


def test_its_stamp_changes_with_it(tmp_path: Path) -> None:
    stamps = {stamp(tmp_path)}
    for epoch in (1, 2):
        add_epoch(tmp_path, epoch, {"a": EVEN})
        stamps.add(stamp(tmp_path))
    assert len(stamps) == 3


def test_a_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        add_epoch(tmp_path / "gone", 1, {"a": EVEN})
