"""The training images, each judged by the network that left it out."""

import time
from pathlib import Path

import pytest
import torch
from patience import until
from sklearn.metrics import accuracy_score
from small import TINY

from playground.data import images
from playground.data.images import FashionData, Images
from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.lab.cross_validation import fold_of
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import RunState

SMALL = TINY.changed(
    {"data.fraction": 1.0, "training.epochs": 4, "training.optimizer": {"name": "adam", "learning_rate": 0.003}}
)
QUICK = SMALL.changed({"data.fraction": 0.1})
"""For what needs no accuracy."""
K = 3


@pytest.fixture
def lab(home: Path) -> Lab:
    return Lab(Settings(home=home, threads=1), InlineExecutor())


def train_all(lab: Lab, experiment: Experiment) -> None:
    lab.cross_validation.start(experiment, K)
    lab.cross_validation.thread.job.finished()


def test_every_image_is_judged_by_who_left_it_out(lab: Lab, sample: FashionData) -> None:
    assert lab.cross_validation.crossed(SMALL, K) is None
    train_all(lab, SMALL)
    crossed = lab.cross_validation.crossed(SMALL, K)
    assert crossed is not None
    assert [run.name for run in crossed.runs] == [f"1 conv, 0 dense, fold {fold} of {K}" for fold in (1, 2, 3)]
    assert crossed.accuracy > 0.6
    parts = [images.validation_images(sample, "held-out", fold, K) for fold in (1, 2, 3)]
    labels = torch.cat([part.labels for part in parts if part is not None])
    said = torch.cat([lab.scores.logits(run, "validation").argmax(1) for run in crossed.runs])
    assert crossed.accuracy == pytest.approx(accuracy_score(labels, said))
    assert len(crossed.images) == len(crossed.fold) == 6000
    for issue in crossed.issues[:5]:
        run = crossed.judge(issue.index)
        split = images.split(sample, "held-out", 1.0, run.experiment.data.fold, K)
        assert split.validation is not None
        image = sample.train.pixels[issue.index]
        assert not (split.train.pixels == image).flatten(1).all(1).any()
        row = torch.nonzero((split.validation.pixels == image).flatten(1).all(1)).item()
        probabilities = lab.scores.logits(run, "validation").double().softmax(1)[row]
        assert issue.likelier_probability == pytest.approx(float(probabilities.max()))
        assert issue.label_probability == pytest.approx(float(probabilities[issue.label]))


def test_a_wrong_label_that_was_planted_is_found(
    lab: Lab, sample: FashionData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten bags given as trousers, from the very start: the networks learn from them, too."""
    labels = sample.train.labels.clone()
    planted = torch.nonzero(labels == 8)[:10, 0]
    labels[planted] = 1
    data = FashionData.of("sample", "sample", Images(sample.train.pixels, labels), sample.test)
    monkeypatch.setattr(lab.datasets, "_sample", data)
    train_all(lab, SMALL)
    crossed = lab.cross_validation.crossed(SMALL, K)
    assert crossed is not None
    flagged = {issue.index: issue for issue in crossed.issues}
    found = [index for index in planted.tolist() if index in flagged and flagged[index].likelier == 8]
    assert len(found) >= 8


def test_what_is_done_is_not_done_again(lab: Lab) -> None:
    first = lab.trainer.start(fold_of(QUICK, 2, K))
    train_all(lab, QUICK)
    runs = lab.library.runs()
    assert len(runs) == K
    assert lab.cross_validation.done(QUICK, K)[2].run == first
    train_all(lab, QUICK)
    assert lab.library.runs() == runs


def test_one_that_broke_off_is_resumed(lab: Lab, home: Path) -> None:
    name = lab.trainer.start(fold_of(QUICK, 1, K))
    folder = lab.library.folder(name)
    folder.write(lab.library.run(name).until(3).model_copy(update={"state": RunState.RUNNING}))
    again = Lab(Settings(home=home, threads=1), InlineExecutor())
    assert again.library.run(name).state is RunState.INTERRUPTED
    train_all(again, QUICK)
    resumed = again.cross_validation.done(QUICK, K)[1]
    assert resumed.run == name
    assert len(resumed.epochs) == 4


def test_it_waits_for_who_trains_and_can_be_cancelled(home: Path) -> None:
    lab = Lab(Settings(home=home, threads=1))
    long = TINY.changed({"training.epochs": 1000})
    other = lab.trainer.start(long)
    until(lambda: lab.library.run(other).state is RunState.RUNNING)
    lab.cross_validation.start(long, K)
    until(lambda: "Waits until nothing else" in lab.cross_validation.thread.job.progress.words)
    time.sleep(0.5)
    assert [snapshot.run.run for snapshot in lab.library.live()] == [other]
    lab.trainer.stop(other)
    until(
        lambda: (
            lab.cross_validation.thread.job.progress.words.startswith("Fold 1 of 3, run")
            and lab.cross_validation.thread.job.progress.fraction > 0
        )
    )
    until(lambda: lab.cross_validation.thread.job.progress.seconds_left is not None)
    lab.cross_validation.thread.job.cancel()
    until(lambda: not lab.cross_validation.thread.is_running and not lab.library.live())
    assert lab.cross_validation.done(long, K) == {}


def test_a_fold_that_another_process_trains_is_waited_for(lab: Lab, home: Path) -> None:
    name = lab.trainer.start(fold_of(QUICK, 1, K))
    folder = lab.library.folder(name)
    whole = lab.library.run(name)
    folder.lock.acquire()  # as the other process does while it trains
    folder.write(whole.model_copy(update={"state": RunState.RUNNING}))
    again = Lab(Settings(home=home, threads=1), InlineExecutor())
    again.cross_validation.start(QUICK, K)
    until(lambda: again.cross_validation.thread.job.progress.words == "Another process trains this fold")
    assert len(again.library.runs()) == 1
    folder.write(whole)
    folder.lock.release()
    again.cross_validation.thread.job.finished()
    assert again.cross_validation.done(QUICK, K)[1].run == name
    assert len(again.library.runs()) == K


def test_what_cannot_be_trained_is_refused_at_once(lab: Lab) -> None:
    with pytest.raises(ExperimentError):
        lab.cross_validation.start(QUICK.changed({"training.device": "mps"}), K)
    assert lab.library.runs() == ()
