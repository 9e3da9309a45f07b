"""A training process that is killed, again and again: what it had kept is whole, and it ends as if nothing was."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from full_set import put_into
from small import SHAKEN
from tensors import same

from playground.data.sources.originals import DEBIAN_FOLDER
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import RunState

ROOT = Path(__file__).parents[2]
EPOCHS = 5  # for each time it is killed, so that it does not end before
LATEST = 0.5  # seconds after the first epoch line at which it is killed


def process(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "playground", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, "PLAYGROUND_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(call: subprocess.Popen[str], moment: float) -> bool:
    """Kill it a moment after its first epoch; False if it had ended by itself."""
    assert call.stderr is not None
    for line in call.stderr:
        if line.startswith("epoch"):
            break
    time.sleep(moment)
    call.send_signal(signal.SIGKILL)
    call.communicate()
    return call.returncode == -signal.SIGKILL


def ended(call: subprocess.Popen[str]) -> dict[str, object]:
    out, err = call.communicate(timeout=300)
    assert call.returncode == 0, err
    found: dict[str, object] = json.loads(out.splitlines()[-1])
    return found


def trained_with_kills(home: Path, arguments: Sequence[str], kills: int, draw: random.Random) -> int:
    """Train, killing the process so many times on the way; how many kills struck."""
    struck = int(killed(process(home, "train", *arguments), draw.uniform(0, LATEST)))
    for _ in range(kills - 1):
        found = Lab(Settings(home=home), InlineExecutor()).library.found()
        assert found.problems == ()
        (run,) = found.runs
        if run.state is not RunState.INTERRUPTED:
            break
        struck += killed(process(home, "resume", run.run), draw.uniform(0, LATEST))
    return struck


@pytest.mark.parametrize(
    "kills", [1, pytest.param(3, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.hours)]
)
def test_a_run_that_was_killed_ends_with_the_same_bits(
    home: Path, full_set: Path, tmp_path: Path, kills: int
) -> None:
    whole = tmp_path / "whole"
    for each in (home, whole):
        put_into(each, full_set)
    file = tmp_path / "experiment.json"
    experiment = SHAKEN.changed(
        {
            "data.fraction": 0.05
            if DEBIAN_FOLDER.is_dir()
            else 0.5,  # 2,750 images, of the full set or the sample
            "training.epochs": EPOCHS * (kills + 1),
            "training.optimizer": {"name": "adamw"},
        }
    )
    file.write_text(experiment.model_dump_json())
    arguments = (str(file),)
    draw = random.Random(20)
    struck = trained_with_kills(home, arguments, kills, draw)
    (run,) = Lab(Settings(home=home), InlineExecutor()).library.runs()
    if run.state is RunState.INTERRUPTED:
        ended(process(home, "resume", run.run))
    (run,) = Lab(Settings(home=home), InlineExecutor()).library.runs()
    lab = Lab(Settings(home=whole, threads=1), InlineExecutor())  # as many as in the processes
    lab.datasets.fetch()
    other = lab.library.run(lab.trainer.start(experiment))

    assert struck >= min(kills, 3)
    assert run.state is RunState.DONE
    assert len(run.resumed) == struck
    assert all(each.exactly for each in run.resumed)
    assert [epoch.epoch for epoch in run.epochs] == list(range(1, len(run.epochs) + 1))
    ours, theirs = (RunFolders(h).folder(r.run) for h, r in ((home, run), (whole, other)))
    for epoch in theirs.with_weights(other):
        assert same(ours.weights(epoch), theirs.weights(epoch)), epoch
    assert torch.equal(ours.test_logits(), theirs.test_logits())
    assert ours.curve() == theirs.curve()
    assert list(ours.path.glob(".*.part")) == []


_KILLED_BEFORE_THE_MANIFEST = """
import os, signal, sys
from pathlib import Path
from playground.experiment.experiment import Experiment
from playground.runs import writer
from playground.system.executors import InlineExecutor
from playground.lab.lab import Lab
from playground.lab.settings import Settings

really, seen = writer.write_manifest, []

def write_manifest(folder, manifest):
    if "epoch-0003.safetensors" in manifest.files:
        os.kill(os.getpid(), signal.SIGKILL)
    really(folder, manifest)

writer.write_manifest = write_manifest
lab = Lab(Settings(home=Path(sys.argv[1]), threads=1), InlineExecutor())
lab.trainer.start(Experiment.model_validate_json(sys.argv[2]))
"""


def test_killed_between_the_files_of_an_epoch_and_the_manifest(home: Path) -> None:
    experiment = SHAKEN.changed({"data.fraction": 0.05, "training.epochs": 4})
    call = [sys.executable, "-c", _KILLED_BEFORE_THE_MANIFEST, str(home), experiment.model_dump_json()]
    assert subprocess.run(call, cwd=ROOT).returncode == -signal.SIGKILL
    lab = Lab(Settings(home=home, threads=1), InlineExecutor())
    (run,) = lab.library.runs()
    folder = RunFolders(home).folder(run.run)
    assert (run.state, len(run.epochs)) == (RunState.INTERRUPTED, 2)
    assert (folder.path / "epoch-0003.safetensors").is_file()  # whole, but not committed
    assert folder.start(run).state.epoch == 2
    lab.trainer.resume(run.run)
    whole = lab.trainer.start(experiment)
    ours, theirs = (RunFolders(home).folder(each) for each in (run.run, whole))
    assert lab.library.run(run.run).state is RunState.DONE
    for epoch in (1, 2, 3, 4):
        assert same(ours.weights(epoch), theirs.weights(epoch)), epoch


_KILLED_AFTER_SOME_POINTS = """
import os, signal, sys
from pathlib import Path
from playground.experiment.experiment import Experiment
from playground.runs import curve_log
from playground.system.executors import InlineExecutor
from playground.lab.lab import Lab
from playground.lab.settings import Settings

really, most, seen = curve_log.add_point, int(sys.argv[3]), []

def add_point(folder, point):
    really(folder, point)
    seen.append(point)
    if len(seen) == most:
        os.kill(os.getpid(), signal.SIGKILL)

curve_log.add_point = add_point
lab = Lab(Settings(home=Path(sys.argv[1]), threads=1), InlineExecutor())
lab.trainer.start(Experiment.model_validate_json(sys.argv[2]))
"""


@pytest.mark.parametrize("epochs", [0, 2])
def test_killed_within_an_epoch_its_folder_has_the_whole_curve(home: Path, tmp_path: Path, epochs: int) -> None:
    experiment = SHAKEN.changed({"training.epochs": 4})
    other = Lab(Settings(home=tmp_path / "whole", threads=1), InlineExecutor())
    whole = other.library.snapshot(other.trainer.start(experiment)).curve
    points = sum(epoch <= epochs + 0.5 for epoch in whole.epochs)
    assert whole.epochs[points - 1] > epochs
    call = [sys.executable, "-c", _KILLED_AFTER_SOME_POINTS, str(home), experiment.model_dump_json(), str(points)]
    assert subprocess.run(call, cwd=ROOT).returncode == -signal.SIGKILL
    for file in home.glob("playground.db*"):
        file.unlink()
    lab = Lab(Settings(home=home, threads=1), InlineExecutor())
    (run,) = lab.library.runs()
    assert (run.state, len(run.epochs)) == (RunState.INTERRUPTED, epochs)
    assert lab.library.snapshot(run.run).curve.losses == whole.losses[:points]
    lab.trainer.resume(run.run)
    assert lab.library.run(run.run).state is RunState.DONE
    assert lab.library.snapshot(run.run).curve == whole
    ours, theirs = lab.library.kept(run.run), other.library.kept(other.library.runs()[0].run)
    assert same(ours.weights(4), theirs.weights(4))
