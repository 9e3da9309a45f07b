"""What is said about runs; deleting and bringing back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from records import record

from playground.errors import RunError, RunNotFoundError
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.about import ABOUT, GRACE
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import RunState


class Now:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def lab(home: Path, now: Now) -> Lab:
    for number in (1, 2):
        RunFolders(home).folder(record(number).run).write(record(number))
    return Lab(Settings(home=home), InlineExecutor(), now)


FIRST, SECOND = record(1).run, record(2).run


def test_a_name_a_note_and_a_pin_stay(lab: Lab) -> None:
    lab.library.say(FIRST, name="best one", note="two lines\nof text")
    lab.library.say(FIRST, pinned=True)
    again = Lab(lab.settings, InlineExecutor())
    assert again.library.run(FIRST).name == "best one"
    assert [run.name for run in again.library.runs()] == ["best one", "tiny"]
    assert (again.library.about(FIRST).note, again.library.about(FIRST).pinned) == ("two lines\nof text", True)
    lab.library.say(FIRST, name="")
    assert lab.library.run(FIRST).name == "tiny"


def test_a_change_is_seen_in_a_list_that_was_read_before(lab: Lab) -> None:
    assert [run.name for run in lab.library.runs()] == ["tiny", "tiny"]
    lab.library.say(SECOND, name="other")
    assert [run.name for run in lab.library.runs()] == ["tiny", "other"]


def test_deleted_and_brought_back(lab: Lab) -> None:
    lab.library.delete(FIRST)
    assert [run.run for run in lab.library.runs()] == [SECOND]
    lab.library.bring_back(FIRST)
    assert [run.run for run in lab.library.runs()] == [FIRST, SECOND]


def test_after_a_day_a_deleted_run_is_gone(lab: Lab, now: Now, home: Path) -> None:
    lab.library.delete(FIRST)
    lab.library.remove_deleted()
    assert (home / "runs" / FIRST).is_dir()
    now.time += GRACE + timedelta(seconds=1)
    lab.library.remove_deleted()
    assert not (home / "runs" / FIRST).exists()
    assert [run.run for run in lab.library.runs()] == [SECOND]


def test_a_run_that_is_trained_cannot_be_deleted(lab: Lab) -> None:
    folder = lab.library.folder(FIRST)
    with folder.lock:
        folder.write(record(1, state=RunState.RUNNING))
        with pytest.raises(RunError, match=r"being trained\. Stop it first"):
            lab.library.delete(FIRST)


@pytest.mark.parametrize(("field", "length", "most"), [("name", 81, 80), ("note", 2001, 2000)])
def test_too_long_is_told_and_changes_nothing(lab: Lab, field: str, length: int, most: int) -> None:
    with pytest.raises(RunError, match=rf"{field}.*{most}"):
        lab.library.say(FIRST, **{field: "x" * length})
    assert lab.library.about(FIRST) == lab.library.about(SECOND)


def test_of_no_run_nothing_can_be_said(lab: Lab) -> None:
    with pytest.raises(RunNotFoundError):
        lab.library.say("20250101-000000-abcd", note="x")


def test_a_damaged_file_is_as_good_as_none(lab: Lab, home: Path) -> None:
    lab.library.say(FIRST, name="x")
    (home / "runs" / FIRST / ABOUT).write_bytes(b"\xff{")
    assert lab.library.run(FIRST).name == "tiny"
