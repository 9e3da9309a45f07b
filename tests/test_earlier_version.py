"""Runs, an export and a database that an earlier version wrote still open, and go on."""

from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch

from playground.data.sources.datasets import Datasets
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState

FIXTURES = Path(__file__).parent / "fixtures"
WHOLE, FORK, BROKEN_OFF = "20261130-195407-24c5", "20261130-195410-4477", "20261130-195432-2da3"
HAD = {WHOLE: 3, FORK: 4, BROKEN_OFF: 2}  # epochs


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The old home, opened by this version, which finds the sample alone, as the old one did."""
    with ZipFile(FIXTURES / "home-0.1.zip") as packed:
        packed.extractall(tmp_path / "home")
    only_sample = partial(Datasets, debian_folder=tmp_path / "none", mirrors=())
    monkeypatch.setattr("playground.lab.lab.Datasets", only_sample)
    return Lab(Settings(home=tmp_path / "home", threads=1), InlineExecutor())


def predicts_what_was_kept(lab: Lab, run: Run) -> bool:
    """Whether the weights, asked today, say what was written beside them then."""
    images = lab.scores.images(run, "test")
    now = lab.scores.probabilities(run, images.pixels)
    return torch.allclose(now, lab.scores.logits(run, "test").softmax(1), atol=1e-4)


def test_every_run_is_listed_as_it_was(lab: Lab) -> None:
    runs = {run.run: run for run in lab.library.runs()}
    assert {name: len(run.epochs) for name, run in runs.items()} == HAD
    assert runs[WHOLE].state is runs[FORK].state is RunState.DONE
    assert runs[BROKEN_OFF].state is RunState.INTERRUPTED
    assert (runs[FORK].parent, runs[FORK].parent_epoch) == (WHOLE, 2)
    assert (lab.library.about(WHOLE).note, lab.library.about(WHOLE).pinned) == ("a note", True)


@pytest.mark.parametrize("run", [WHOLE, FORK])
def test_its_weights_say_what_they_said(lab: Lab, run: str) -> None:
    assert predicts_what_was_kept(lab, lab.library.run(run))


def test_it_still_has_the_curve_of_its_batches(lab: Lab) -> None:
    curve = lab.library.snapshot(WHOLE).curve
    assert curve.epochs[-1] == pytest.approx(3, abs=0.02)
    assert len(curve.epochs) > 3


def test_a_run_that_broke_off_goes_on(lab: Lab) -> None:
    lab.trainer.resume(BROKEN_OFF)
    assert lab.library.run(BROKEN_OFF).state is RunState.DONE
    assert len(lab.library.run(BROKEN_OFF).epochs) == 4


def test_it_can_be_forked(lab: Lab) -> None:
    longer = lab.library.run(WHOLE).experiment.changed({"training.epochs": 4})
    assert lab.library.run(lab.trainer.fork(WHOLE, 3, longer)).state is RunState.DONE


def test_its_export_comes_in(lab: Lab) -> None:
    brought = lab.library.run(lab.transfer.bring_in((FIXTURES / "export-0.1.zip").read_bytes()))
    original = lab.library.run(WHOLE)
    assert len(brought.epochs) == 3
    assert brought.test_accuracy == original.test_accuracy
    images = lab.scores.images(original, "test").pixels
    assert torch.equal(lab.scores.probabilities(brought, images), lab.scores.probabilities(original, images))
