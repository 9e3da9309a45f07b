"""Forks: runs that go on where another stood."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from small import SHAKEN, TINY
from tensors import same

from playground.errors import RunError
from playground.experiment.experiment import Experiment
from playground.lab.forks import start_of_fork
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.snapshot import Snapshot
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState

FOUR = SHAKEN.changed(
    {"data.fraction": 0.05, "training.epochs": 4, "training.optimizer": {"name": "adam", "learning_rate": 0.01}}
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    """A lab with a run of four epochs; forks may be added."""
    lab = Lab(Settings(home=tmp_path_factory.mktemp("forks"), threads=1), InlineExecutor())
    return lab, lab.library.run(lab.trainer.start(FOUR, name="parent"))


def weights(lab: Lab, run: str, epoch: int) -> dict[str, torch.Tensor]:
    return lab.library.kept(run).weights(epoch)


def fork(trained: tuple[Lab, Run], epoch: int, experiment: Experiment = FOUR, **settings: Any) -> Run:
    lab, parent = trained
    return lab.library.run(lab.trainer.fork(parent.run, epoch, experiment, **settings))


class TestWhatItIs:
    def test_without_changes_it_is_what_the_run_was(self, trained: tuple[Lab, Run]) -> None:
        lab, parent = trained
        again = fork(trained, 3)
        assert again.state is RunState.DONE
        assert (again.parent, again.parent_epoch, again.resumed) == (parent.run, 3, ())
        assert same(weights(lab, again.run, 4), weights(lab, parent.run, 4))
        assert again.test_accuracy == parent.test_accuracy
        assert again.epochs[:3] == parent.epochs[:3]
        assert lab.library.snapshot(again.run).curve == lab.library.snapshot(parent.run).curve

    def test_more_epochs_continue_it(self, trained: tuple[Lab, Run]) -> None:
        longer = fork(trained, 4, FOUR.changed({"training.epochs": 6}))
        assert [epoch.epoch for epoch in longer.epochs] == [1, 2, 3, 4, 5, 6]
        assert longer.train_seconds > trained[1].train_seconds

    def test_another_rate_makes_another_network(self, trained: tuple[Lab, Run]) -> None:
        lab, parent = trained
        other = fork(trained, 3, FOUR.changed({"training.optimizer.learning_rate": 0.001}))
        assert other.epochs[-1].learning_rate == pytest.approx(0.001)
        assert not same(weights(lab, other.run, 4), weights(lab, parent.run, 4))
        assert same(weights(lab, other.run, 3), weights(lab, parent.run, 3))

    def test_a_fork_of_a_fork(self, trained: tuple[Lab, Run]) -> None:
        lab, _ = trained
        first = fork(trained, 4, FOUR.changed({"training.epochs": 5}))
        second = lab.library.run(lab.trainer.fork(first.run, 5, FOUR.changed({"training.epochs": 6})))
        straight = fork(trained, 4, FOUR.changed({"training.epochs": 6}))
        assert second.parent == first.run
        assert same(weights(lab, second.run, 6), weights(lab, straight.run, 6))

    def test_any_kept_epoch_will_do_with_a_fresh_optimizer(self, trained: tuple[Lab, Run]) -> None:
        other = fork(trained, 1, FOUR.changed({"training.optimizer": {"name": "muon"}}), fresh_optimizer=True)
        assert other.state is RunState.DONE
        assert len(other.epochs) == 4

    def test_it_outlives_its_parent(self, tmp_path: Path) -> None:
        lab = Lab(Settings(home=tmp_path, threads=1), InlineExecutor())
        parent = lab.trainer.start(FOUR)
        child = lab.trainer.fork(parent, 3, FOUR)
        shutil.rmtree(tmp_path / "runs" / parent)
        assert weights(lab, child, 1)
        assert (
            lab.library.run(lab.trainer.fork(child, 4, FOUR.changed({"training.epochs": 5}))).state
            is RunState.DONE
        )


DESCENT = FOUR.changed({"training.optimizer": {"name": "sgd", "learning_rate": 0.01}})


@pytest.fixture(scope="module")
def diverged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    """A good epoch, then one at a rate far too high."""
    lab = Lab(Settings(home=tmp_path_factory.mktemp("diverged"), threads=1), InlineExecutor())

    def spoil(seen: Snapshot) -> None:
        if len(seen.run.epochs) == 1:
            lab.trainer.change_learning_rate(seen.run.run, 1e9)

    return lab, lab.library.run(lab.trainer.start(DESCENT, watch=spoil))


class TestOfADivergedRun:
    """What made it diverge is over where the fork's settings are others."""

    @pytest.mark.parametrize("fresh_optimizer", [False, True])
    def test_a_lower_rate_trains(self, diverged: tuple[Lab, Run], fresh_optimizer: bool) -> None:
        lab, parent = diverged
        assert (parent.state, len(parent.epochs)) == (RunState.DIVERGED, 1)
        lower = DESCENT.changed({"training.optimizer.learning_rate": 0.001})
        other = lab.library.run(lab.trainer.fork(parent.run, 1, lower, fresh_optimizer))
        assert (other.state, other.message, len(other.epochs)) == (RunState.DONE, "", 4)
        assert other.epochs[-1].learning_rate == pytest.approx(0.001)

    def test_the_watch_forgets_its_parent_only_where_settings_are_others(self, trained: tuple[Lab, Run]) -> None:
        lab, parent = trained
        kept = lab.library.kept(parent.run)
        remembered = kept.state(4).smoothed_loss
        longer, lower = (FOUR.changed(changes) for changes in ({}, {"training.optimizer.learning_rate": 0.001}))
        assert start_of_fork(kept, parent, longer, 4, False).state.smoothed_loss == remembered > 0
        assert start_of_fork(kept, parent, lower, 4, False).state.smoothed_loss == 0


class TestRefused:
    @pytest.mark.parametrize(
        ("epoch", "changes", "sentence"),
        [
            (0, {}, "Run parent has no epoch 0: it has epochs 1 to 4"),
            (-1, {}, "Run parent has no epoch -1: it has epochs 1 to 4"),
            (5, {"training.epochs": 9}, "Run parent has no epoch 5: it has epochs 1 to 4"),
            (4, {}, r"after epoch 4 with training\.epochs = 4 has nothing left .* at least 5"),
            (3, {"architecture.layers.0.channels": 5}, "layers and data stay as they are"),
            (3, {"data.scaling": "raw"}, "layers and data stay as they are"),
            (3, {"training.optimizer": {"name": "sgd"}}, "sgd cannot go on from the state of adam"),
        ],
    )
    def test_in_a_sentence_that_leaves_nothing(
        self, trained: tuple[Lab, Run], epoch: int, changes: dict[str, Any], sentence: str
    ) -> None:
        before = trained[0].library.runs()
        with pytest.raises(RunError, match=sentence):
            fork(trained, epoch, FOUR.changed(changes))
        assert trained[0].library.runs() == before

    def test_an_epoch_whose_optimizer_was_not_kept(self, trained: tuple[Lab, Run]) -> None:
        lab, parent = trained
        there = lab.library.kept(parent.run).with_state(parent)
        (gone, *_) = sorted({1, 2, 3, 4} - set(there))
        with pytest.raises(RunError, match=f"Of epoch {gone} .* fresh optimizer .*, or fork after epoch .* or 4"):
            fork(trained, gone)

    def test_a_run_without_an_epoch(self, trained: tuple[Lab, Run], tmp_path: Path) -> None:
        lab = Lab(Settings(home=tmp_path), InlineExecutor())
        run = lab.trainer.start(TINY)
        lab.library.folder(run).write(lab.library.run(run).model_copy(update={"epochs": ()}))
        with pytest.raises(RunError, match="has no epoch 1: none was trained to its end"):
            lab.trainer.fork(run, 1, TINY)
