"""Runs that broke off and go on, whatever happened to their files."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small import SHAKEN
from tensors import same

from playground.errors import RunError
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.writer import RunWriter
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState

ROOT = Path(__file__).parents[2]
FOUR = SHAKEN.changed({"data.fraction": 0.05, "training.epochs": 4, "training.optimizer": {"name": "adam"}})


@pytest.fixture
def lab(home: Path) -> Lab:
    return Lab(Settings(home=home, threads=1), InlineExecutor())


@pytest.fixture
def broken(lab: Lab) -> tuple[RunWriter, Run]:
    """The folder of a run whose process is gone after its last epoch, and the run as it would have ended."""
    done = lab.library.run(lab.trainer.start(FOUR))
    folder = lab.library.folder(done.run)
    folder.write(done.model_copy(update={"state": RunState.RUNNING, "test_accuracy": None, "test_loss": None}))
    (folder.path / "test.safetensors").unlink()
    return folder, done


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("file", "damage", "goes_on_after"),
    [
        ("lock", cut, 4),
        ("state-0004.safetensors", flip, 3),
        ("state-0004.safetensors", cut, 3),
        ("state-0004.safetensors", Path.unlink, 3),
        ("epoch-0004.safetensors", flip, 3),
        ("epoch-0004.safetensors", cut, 3),
        ("epoch-0004.safetensors", Path.unlink, 3),
    ],
)
def test_it_goes_on_after_the_last_epoch_that_is_whole(
    lab: Lab, broken: tuple[RunWriter, Run], file: str, damage: Callable[[Path], None], goes_on_after: int
) -> None:
    folder, done = broken
    weights = folder.weights(4)
    damage(folder.path / file)
    again = Lab(lab.settings, InlineExecutor())
    assert again.library.run(done.run).state is RunState.INTERRUPTED
    again.trainer.resume(done.run)
    run = again.library.run(done.run)
    assert (run.state, run.message, run.test_accuracy) == (RunState.DONE, "", done.test_accuracy)
    assert [each.epoch for each in run.resumed] == [goes_on_after]
    assert run.resumed[0].exactly
    assert [each.epoch for each in run.epochs] == [1, 2, 3, 4]
    assert same(again.library.kept(done.run).weights(4), weights)


def test_nothing_to_go_on_from_is_told_and_loses_nothing(lab: Lab, broken: tuple[RunWriter, Run]) -> None:
    folder, done = broken
    for file in folder.path.glob("state-*"):
        flip(file)
    lab = Lab(lab.settings, InlineExecutor())
    lab.trainer.resume(done.run)
    run = lab.library.run(done.run)
    assert run.state is RunState.FAILED
    assert "cannot go on" in run.message
    assert "checksum" in run.message
    assert len(run.epochs) == 4
    assert folder.weights(4)


def test_on_another_number_of_threads_it_says_that_the_bits_may_differ(
    lab: Lab, broken: tuple[RunWriter, Run]
) -> None:
    folder, done = broken
    folder.write(folder.read().model_copy(update={"state": RunState.RUNNING, "torch": "1.0"}))
    lab = Lab(lab.settings, InlineExecutor())
    lab.trainer.resume(done.run)
    assert not lab.library.run(done.run).resumed[0].exactly


def test_a_run_that_is_done_has_nothing_to_resume(lab: Lab) -> None:
    run = lab.trainer.start(FOUR.changed({"training.epochs": 1}))
    lab.trainer.resume(run)  # as a press on a button that was still there
    assert lab.library.run(run).resumed == ()
    with pytest.raises(RunError, match="is done: only one that was interrupted or has failed can be resumed"):
        Lab(lab.settings, InlineExecutor()).trainer.resume(run)


def test_old_weights_are_thinned_out_and_the_last_states_stay(home: Path) -> None:
    lab = Lab(Settings(home=home, threads=1, run_megabytes=2), InlineExecutor())
    wide = FOUR.changed({"architecture.hidden": [{"units": 200}], "architecture.layers.0.channels": 40})
    run = lab.library.run(
        lab.trainer.start(wide.changed({"training.epochs": 6, "training.optimizer": {"name": "sgd"}}))
    )
    kept = lab.library.kept(run.run)
    assert run.best_epoch is not None
    assert kept.with_weights(run) == tuple(sorted({2, 4, 5, 6} | {run.best_epoch}))
    assert kept.with_state(run) == tuple(sorted({5, 6} | {run.best_epoch}))


_TRAIN_WITH_A_LIMIT = """
import resource, sys
from pathlib import Path
from playground.experiment.experiment import Experiment
from playground.system.executors import InlineExecutor
from playground.lab.lab import Lab
from playground.lab.settings import Settings

home, document, most = sys.argv[1:]
lab = Lab(Settings(home=Path(home), threads=1), InlineExecutor())
lab.datasets.current()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
print(lab.library.run(lab.trainer.start(Experiment.model_validate_json(document))).message)
"""


def test_a_disk_that_refuses_keeps_what_was_there_and_it_goes_on_later(lab: Lab, home: Path) -> None:
    experiment = SHAKEN.changed({"training.epochs": 12})
    most = "30000"  # bytes of a file: the weights of an epoch still fit, the curve of all epochs does not
    ended = subprocess.run(
        [sys.executable, "-c", _TRAIN_WITH_A_LIMIT, str(home), experiment.model_dump_json(), most],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "The disk refused: File too large. Make room" in ended.stdout
    found = Lab(Settings(home=home), InlineExecutor()).library.found()
    assert found.problems == ()
    (run,) = found.runs
    assert run.state is RunState.FAILED
    assert 0 < len(run.epochs) < 12

    lab.trainer.resume(run.run)
    assert lab.library.run(run.run).state is RunState.DONE
    whole = lab.trainer.start(experiment)
    assert same(lab.library.kept(run.run).weights(12), lab.library.kept(whole).weights(12))
