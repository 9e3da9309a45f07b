"""How far the first listing of many runs is."""

from pathlib import Path

from records import record

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.first_listing import Reading
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor


def test_it_says_how_many_and_how_long() -> None:
    times = iter([100.0, 103.0, 103.0, 103.0])
    reading = Reading(lambda: next(times))
    assert (reading.fraction, reading.words) == (0.0, "Looking through the runs")
    reading(2500, 10_000)
    assert reading.fraction == 0.25
    assert reading.words == "Reading 10,000 runs: 2,500 so far, about 9 s left"


def test_tabs_wait_for_the_same_one_and_only_once(home: Path) -> None:
    RunFolders(home).folder(record(1).run).write(record(1))
    lab = Lab(Settings(home=home), InlineExecutor())
    first = lab.library.first_listing()
    assert first is not None
    assert lab.library.first_listing() in (first, None)
    assert first.wait(60)
    assert lab.library.first_listing() is None
    assert [run.run for run in lab.library.runs()] == [record(1).run]


def test_a_home_that_cannot_be_listed_lets_nobody_wait(home: Path) -> None:
    home.mkdir()
    (home / "runs").write_bytes(b"x")
    lab = Lab(Settings(home=home), InlineExecutor())
    first = lab.library.first_listing()
    assert first is not None
    assert first.wait(60)
    assert lab.library.runs() == ()
