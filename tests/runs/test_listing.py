"""Odd things among the runs: each is told of, and takes nothing with it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from records import record

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.catalog import RunListing
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor

ROOT = Path(__file__).parents[2]
SOUND = [record(number).run for number in (1, 2)]


@pytest.fixture
def runs(home: Path) -> Path:
    """The folder of a home with two sound runs."""
    for number in (1, 2):
        RunFolders(home).folder(record(number).run).write(record(number))
    return home / "runs"


def listed(runs: Path) -> RunListing:
    """What a lab finds that was just started, and once more what it finds then."""
    lab = Lab(Settings(home=runs.parent), InlineExecutor())
    first = lab.library.found()
    assert lab.library.found() == first
    return first


def with_record(content: bytes) -> Callable[[Path], None]:
    def make(runs: Path) -> None:
        (runs / "odd").mkdir()
        (runs / "odd" / "run.json").write_bytes(content)

    return make


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads(record(7).model_dump_json()) | {"run": "odd"} | fields).encode()


def copied(name: str) -> Callable[[Path], None]:
    return lambda runs: shutil.copytree(runs / SOUND[0], runs / name) and None


def loop(runs: Path) -> None:
    (runs / "odd").symlink_to(runs / "other")
    (runs / "other").symlink_to(runs / "odd")


def pipe(runs: Path) -> None:
    (runs / "odd").mkdir()
    os.mkfifo(runs / "odd" / "run.json")


def record_in_a_folder(runs: Path) -> None:
    (runs / "odd" / "run.json").mkdir(parents=True)


def record_that_leads_nowhere(runs: Path) -> None:
    (runs / "odd").mkdir()
    (runs / "odd" / "run.json").symlink_to("nowhere")


def without_record(runs: Path) -> None:
    (runs / "odd").mkdir()
    (runs / "odd" / "epoch-0001.safetensors").write_bytes(b"x")
    os.utime(runs / "odd", (time.time() - 3600,) * 2)


def large(runs: Path) -> None:
    (runs / "odd").mkdir()
    with (runs / "odd" / "run.json").open("wb") as file:
        file.truncate(100_000_000)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "copied by hand": (copied("odd - Copy"), "'odd - Copy' in runs is left out: a run is called by letters"),
    "copied under a sound name": (copied("odd"), f"odd holds the record of run '{SOUND[0]}'"),
    "no text": (copied("odd\udcff"), r"'odd\udcff' in runs is left out"),
    "two lines": (copied("odd\nline"), r"'odd\nline' in runs is left out"),
    "255 letters": (copied("odd" * 85), "100 at most"),
    "file": (lambda runs: (runs / "odd").write_bytes(b"x") and None, "'odd' in runs is left out: it is no folder"),
    "link to nothing": (lambda runs: (runs / "odd").symlink_to("nowhere"), "it is a link to nothing"),
    "loop": (loop, "it is a link to nothing"),
    "empty record": (with_record(b""), "The record of run odd is damaged"),
    "record that is none": (with_record(b"[1]"), "The record of run odd is damaged"),
    "deep record": (with_record(b"[" * 100_000), "The record of run odd is damaged"),
    "record with NaN": (with_record(changed(train_seconds=float("nan"))), "train_seconds: nan is not a finite"),
    "record of the year 9999": (with_record(changed(created="9999-12-31T23:59:59-12:00")), "created:"),
    "record without a zone": (with_record(changed(created="2026-01-01T00:00:00")), "does not say its zone"),
    "name of 5 MB": (with_record(changed(name="x" * 5_000_000)), "5,000,000 letters are too many"),
    "record in a folder": (record_in_a_folder, "The record of run odd cannot be read: it is no ordinary file"),
    "pipe": (pipe, "The record of run odd cannot be read: it is no ordinary file"),
    "record that leads nowhere": (record_that_leads_nowhere, "its record (run.json) is a link to nothing"),
    "folder without a record": (without_record, "it holds no record of a run"),
    "large": (large, "it has 100.0 MB, and 20 is the most"),
}


@pytest.mark.parametrize("kind", ODD)
def test_each_is_told_and_takes_nothing_with_it(runs: Path, kind: str) -> None:
    make, words = ODD[kind]
    make(runs)
    found = listed(runs)
    assert [run.run for run in found.runs] == SOUND
    assert any(words in problem for problem in found.problems), found.problems
    assert all("odd" in problem or "other" in problem for problem in found.problems)
    assert all(len(problem) < 500 and problem.isprintable() for problem in found.problems)


def test_all_of_them_at_once_are_told_on_the_command_line_too(runs: Path) -> None:
    for number, (make, _) in enumerate(ODD.values()):
        aside = runs.parent / str(number)
        shutil.copytree(runs / SOUND[0], aside / SOUND[0])
        make(aside)
        for path in aside.iterdir():
            if path.name != SOUND[0]:
                path.rename(runs / path.name.replace("odd", f"odd{number}")[:255])
    done = subprocess.run(
        [sys.executable, "-m", "playground", "runs", "--json"], cwd=ROOT, capture_output=True, check=True
    )
    assert [each["run"] for each in json.loads(done.stdout)["runs"]][-2:] == SOUND
    assert len(done.stderr.splitlines()) >= len(ODD)


def test_what_the_system_leaves_and_what_is_in_the_making_is_not_told(runs: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (runs / name).write_bytes(b"x")
    (runs / "empty").mkdir()
    (runs / "20260101-000000-0009").mkdir()
    (runs / "20260101-000000-0009" / "epoch-0001.safetensors").write_bytes(b"x")
    assert listed(runs).problems == ()


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"deleted": "2026-01-01T00:00:00"}', b"[" * 100_000])
def test_what_was_said_and_cannot_be_read_is_told_and_the_run_is_there(runs: Path, content: bytes) -> None:
    (runs / SOUND[0] / "about.json").write_bytes(content)
    found = listed(runs)
    assert [run.run for run in found.runs] == SOUND
    (problem,) = found.problems
    assert problem.startswith(f"What was said about run {SOUND[0]} (about.json) is left out")


def test_a_home_whose_runs_are_a_file_is_told(home: Path) -> None:
    home.mkdir()
    (home / "runs").write_bytes(b"x")
    (problem,) = listed(home / "runs").problems
    assert "cannot be read: Not a directory" in problem


def test_a_copy_of_a_deleted_run_is_not_removed_with_it(runs: Path) -> None:
    lab = Lab(Settings(home=runs.parent), InlineExecutor())
    lab.library.delete(SOUND[0])
    shutil.copytree(runs / SOUND[0], runs / "rescued")
    shutil.copytree(runs / SOUND[0], runs / "rescued - Copy")
    RunFolders(runs.parent).remove_for_good(before=record(1).created.replace(year=2100))
    assert sorted(path.name for path in runs.iterdir()) == [SOUND[1], "rescued", "rescued - Copy"]


def test_of_a_link_only_the_link_is_removed(runs: Path, tmp_path: Path) -> None:
    shutil.move(runs / SOUND[0], tmp_path / SOUND[0])
    (runs / SOUND[0]).symlink_to(tmp_path / SOUND[0])
    assert [run.run for run in listed(runs).runs] == SOUND
    RunFolders(runs.parent).folder(SOUND[0]).remove()
    assert [path.name for path in runs.iterdir()] == [SOUND[1]]
    assert (tmp_path / SOUND[0] / "run.json").is_file()


def test_how_far_a_first_listing_is_is_told(home: Path) -> None:
    for number in range(1, 451):
        RunFolders(home).folder(record(number).run).write(record(number))
    told: list[tuple[int, int]] = []
    lab = Lab(Settings(home=home), InlineExecutor())
    lab.library.found(lambda done, of: told.append((done, of)))
    assert told == [(0, 450), (200, 450), (400, 450)]
    lab.library.found(lambda done, of: told.append((done, of)))
    assert len(told) == 3
