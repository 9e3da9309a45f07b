"""The list of runs and the folders say the same, whatever happens to the database between them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from patience import until
from records import record
from small import TINY

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import RunState

ROOT = Path(__file__).parents[2]


def lab_of(home: Path) -> Lab:
    return Lab(Settings(home=home, threads=1), InlineExecutor())


@pytest.fixture
def trained(home: Path) -> Lab:
    """A home with a trained run that was renamed, and two records."""
    lab = lab_of(home)
    run = lab.trainer.start(TINY)
    lab.library.say(run, name="mine", note="worth keeping")
    for number in (1, 2):
        RunFolders(home).folder(record(number).run).write(record(number))
    lab.library.found()
    lab.library.catalog.store.flush()
    return lab


@pytest.mark.parametrize("damage", ["bytes", "empty", "gone"])
def test_a_database_that_is_lost_is_made_anew_from_the_folders(trained: Lab, home: Path, damage: str) -> None:
    before, (run, *_) = trained.library.found(), trained.library.runs()[::-1]
    curve = trained.library.snapshot(run.run).curve
    file = home / "playground.db"
    trained.library.catalog.store.database.engine.dispose()
    for beside in home.glob("playground.db-*"):
        beside.unlink()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "empty" else b"\xff" * 5000)
    again = lab_of(home)
    found = again.library.found()
    assert (found.runs, found.abouts, found.problems) == (before.runs, before.abouts, before.problems)
    words = {"bytes": "was damaged and stands aside", "empty": "The database was empty", "gone": ""}[damage]
    assert words in found.notice
    assert bool(found.notice) == bool(words)
    assert again.library.snapshot(run.run).curve == curve
    assert lab_of(home).library.found().notice == ""


def test_one_that_is_damaged_while_it_is_open_costs_nothing(trained: Lab, home: Path) -> None:
    before = trained.library.runs()
    with trained.library.catalog.store.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    (home / "playground.db").write_bytes(b"\xff" * 5000)
    assert trained.library.runs() == before
    run = trained.library.run(trained.trainer.start(TINY))
    assert run.state is RunState.DONE
    assert trained.library.runs() == (*before, run)


def test_where_no_database_can_be_written_runs_are_kept_all_the_same(home: Path) -> None:
    home.mkdir()
    (home / "playground.db").mkdir()
    lab = lab_of(home)
    run = lab.library.run(lab.trainer.start(TINY))
    assert run.state is RunState.DONE
    assert "The database cannot be used" in lab.library.found().notice
    assert lab_of(home).library.runs() == lab.library.runs() == (run,)


def test_folders_that_come_and_go_by_hand(trained: Lab, home: Path, tmp_path: Path) -> None:
    folders = RunFolders(home)
    names = [run.run for run in trained.library.runs()]
    shutil.move(folders.folder(names[0]).path, tmp_path / "elsewhere")
    assert [run.run for run in trained.library.runs()] == names[1:]
    shutil.move(tmp_path / "elsewhere", folders.folder(names[0]).path)
    assert [run.run for run in trained.library.runs()] == names
    assert trained.library.catalog.store.stamps().keys() == set(names)


_TRAIN = """
import sys, time
from pathlib import Path
from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab
from playground.lab.settings import Settings

lab = Lab(Settings(home=Path(sys.argv[1]), threads=1))
run = lab.trainer.start(Experiment.model_validate_json(sys.argv[2]))
while lab.library.snapshot(run).step < 20: time.sleep(0.01)
lab.trainer.pause(run)
print(run, flush=True)
sys.stdin.readline()
lab.trainer.stop(run)
while lab.library.run(run).state.is_live: time.sleep(0.01)
print(lab.library.snapshot(run).curve, flush=True)
"""


def test_the_curve_of_another_process_grows_within_its_first_epoch(home: Path) -> None:
    slow = TINY.changed({"training.batch_size": 1, "training.epochs": 500, "data.fraction": 1.0})
    other = subprocess.Popen(
        [sys.executable, "-c", _TRAIN, str(home), slow.model_dump_json()],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None
    run = other.stdout.readline().strip()
    lab = lab_of(home)
    until(lambda: lab.library.snapshot(run).step >= 20)
    seen = lab.library.snapshot(run)
    assert seen.run.state.is_live
    assert seen.run.epochs == ()
    said, _ = other.communicate("\n", timeout=60)
    until(lambda: lab.library.run(run).state is RunState.STOPPED)
    assert repr(lab.library.snapshot(run).curve) == said.strip()
    assert [each.run for each in lab.library.runs()] == [run]


def test_what_is_thinned_is_thinned_everywhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.snapshot.MOST_POINTS", 5)
    lab = lab_of(home)
    run = lab.trainer.start(TINY.changed({"training.batch_size": 8, "training.epochs": 6}))
    curve = lab.library.snapshot(run).curve
    assert 2 <= len(curve.epochs) <= 5
    assert curve.epochs[-1] == 6
    assert lab_of(home).library.snapshot(run).curve == curve
    assert list(curve.epochs) == sorted(set(curve.epochs))
