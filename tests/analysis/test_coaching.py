"""The coach on real small trainings: those that have a fault, and those that have none."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from small import TINY

from playground.coach.verdict import Advice, Verdict, number
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.snapshot import Snapshot
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState

MLP = TINY.changed({"architecture.layers": [], "architecture.hidden": [{"units": 64}]})
SGD = {"name": "sgd", "learning_rate": 0.1}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(Settings(home=tmp_path_factory.mktemp("coached"), threads=1), InlineExecutor())


@pytest.fixture(scope="module")
def train(lab: Lab) -> Callable[..., Run]:
    def trained(experiment: Experiment, **changes: Any) -> Run:
        paths = {name.replace("__", "."): value for name, value in changes.items()}
        return lab.library.run(lab.trainer.start(experiment.changed(paths)))

    return trained


def faults(lab: Lab, run: Run) -> dict[str, Verdict]:
    return {verdict.rule: verdict for verdict in lab.coaching.advise(run.run).faults}


def applied(lab: Lab, run: Run, verdict: Verdict, which: int = 0) -> Run:
    """What becomes of the run with a remedy of the verdict."""
    remedy = verdict.remedies[which]
    experiment = run.experiment.changed(dict(remedy.changes))
    if remedy.after is None:
        return lab.library.run(lab.trainer.start(experiment))
    return lab.library.run(lab.trainer.fork(run.run, remedy.after, experiment, fresh_optimizer=True))


class TestFaults:
    def test_few_images_for_long_are_overfitted(self, lab: Lab, train: Callable[..., Run]) -> None:
        optimizer = {"name": "adam", "learning_rate": 0.003}
        run = train(MLP, training__optimizer=optimizer, training__epochs=30, data__fraction=0.2)
        found = faults(lab, run)["Overfitting"]
        best = min(run.epochs, key=lambda each: each.validation_loss or 9.0)
        assert found.sentence.startswith(
            f"Overfitting since epoch {best.epoch}: the validation loss rose from {best.validation_loss:.3f} to "
            f"{run.epochs[-1].validation_loss:.3f} while the training loss fell from {best.train_loss:.3f}"
        )
        assert found.remedies[0].changes == {"data.fraction": 1.0}
        assert found.remedies[1].after == best.epoch
        for which, parent_epoch in ((0, 0), (1, best.epoch)):
            cured = applied(lab, run, found, which)
            assert cured.parent_epoch == parent_epoch
            assert (cured.epochs[-1].validation_loss or 9.0) < 0.95 * (run.epochs[-1].validation_loss or 0.0)

    def test_a_huge_rate_diverges(self, lab: Lab, train: Callable[..., Run]) -> None:
        run = train(TINY, training__optimizer={"name": "sgd", "learning_rate": 1e6}, data__fraction=0.3)
        assert run.state is RunState.DIVERGED
        found = faults(lab, run)["Learning rate too high"]
        assert "1e+06 is too high: at batch" in found.sentence
        cured = applied(lab, run, found)
        assert cured.state is RunState.DONE
        assert cured.epochs[-1].train_loss < 2.303

    def test_a_spike_that_was_never_recovered_from(self, lab: Lab, train: Callable[..., Run]) -> None:
        optimizer = {"name": "adam", "learning_rate": 3.0}
        run = train(MLP, training__optimizer=optimizer, training__epochs=3, data__fraction=0.3)
        assert run.state is RunState.DONE
        found = faults(lab, run)
        assert "is too high: the training loss rose from 2." in found["Learning rate too high"].sentence
        assert "Learning rate too low" not in found
        assert applied(lab, run, found["Learning rate too high"]).epochs[-1].train_accuracy > 0.6

    def test_a_loss_that_jumps(self, lab: Lab) -> None:
        def raise_rate(snapshot: Snapshot) -> None:
            if len(snapshot.run.epochs) == 3:
                lab.trainer.change_learning_rate(snapshot.run.run, 2.0)

        settings = {"training.optimizer": SGD, "training.epochs": 5, "data.fraction": 0.2}
        run = lab.library.run(lab.trainer.start(MLP.changed(settings), watch=raise_rate))
        found = faults(lab, run)["Learning rate too high"]
        before, after = run.epochs[2], run.epochs[3]
        assert found.sentence == (
            f"The learning rate of 2 is too high: the training loss jumped from {before.train_loss:.3f} to "
            f"{number(after.train_loss)} in epoch 4."
        )
        assert found.remedies[0].after == 3
        cured = applied(lab, run, found)
        assert cured.epochs[-1].train_loss < before.train_loss

    def test_losses_that_swing(self, lab: Lab, train: Callable[..., Run]) -> None:
        smooth = MLP.changed({"architecture.hidden": [{"units": 64, "activation": "tanh"}]})
        optimizer = {"name": "sgd", "learning_rate": 0.5}
        run = train(smooth, training__optimizer=optimizer, training__epochs=16, data__fraction=0.2)
        found = faults(lab, run)
        # the validation loss swings for every seed; whether the training loss jumps, too, depends on the processor
        assert re.search(
            "rose by more than 15% and fell again|jumped from", found["Learning rate too high"].sentence
        )
        assert "Too few epochs" not in found
        cured = applied(lab, run, found["Learning rate too high"])
        assert (cured.epochs[-1].validation_loss or 9.0) < (run.epochs[-1].validation_loss or 0.0)

    def test_a_rate_of_a_millionth(self, lab: Lab, train: Callable[..., Run]) -> None:
        run = train(TINY, training__optimizer={"name": "sgd", "learning_rate": 1e-6})
        found = faults(lab, run)["Learning rate too low"]
        assert "The learning rate of 1e-06 is too low: after 2 epochs the training loss is 2.3" in found.sentence
        assert "(2.303)" in found.sentence
        assert "usually has 0.1" in found.sentence
        cured = applied(lab, run, found)
        assert cured.epochs[-1].train_loss < run.epochs[-1].train_loss - 0.1

    def test_the_least_loss_knows_label_smoothing(self, lab: Lab, train: Callable[..., Run]) -> None:
        slow = {"name": "sgd", "learning_rate": 1e-6}
        run = train(TINY, training__optimizer=slow, training__label_smoothing=0.1)
        assert "the least there can be (0.500)" in faults(lab, run)["Learning rate too low"].sentence

    def test_a_run_that_was_cut_off_while_it_learned(self, lab: Lab, train: Callable[..., Run]) -> None:
        run = train(TINY, data__fraction=0.2, training__epochs=3)
        found = faults(lab, run)["Too few epochs"]
        assert "in epoch 3, the last, the" in found.sentence
        cured = applied(lab, run, found)
        assert len(cured.epochs) == 5
        assert (cured.epochs[-1].validation_loss or 9.0) < (run.epochs[-1].validation_loss or 0.0)

    def test_layers_too_narrow_to_fit(self, lab: Lab, train: Callable[..., Run]) -> None:
        narrow = {"architecture.hidden": [{"units": 1, "activation": "tanh"}], "data.fraction": 1.0}
        schedule = {"training.schedule": {"name": "cosine"}, "training.epochs": 6}
        run = train(MLP.changed({**narrow, **schedule}), training__optimizer={"name": "adam"})
        found = faults(lab, run)["Underfitting"]
        assert f"training accuracy is {run.epochs[-1].train_accuracy:.1%} after 6 epochs" in found.sentence
        assert applied(lab, run, found).epochs[-1].train_accuracy > run.epochs[-1].train_accuracy

    def test_biases_of_minus_100_silence_a_layer(self, lab: Lab, train: Callable[..., Run]) -> None:
        run = train(TINY)
        folder = lab.library.folder(run.run)
        weights = folder.weights(2)
        weights["conv1.conv.bias"].fill_(-100.0)
        folder.keep_epoch(2, weights, folder.validation_logits(2), folder.state(2))
        longer = run.experiment.changed({"training.epochs": 4})
        dead = lab.library.run(lab.trainer.fork(run.run, 2, longer))  # trained on from there, in earnest
        found = faults(lab, dead)
        assert found["Dead ReLUs"].sentence == (
            "Dead ReLUs: conv1.activation: all 4 channels are 0 on every one of 500 training images."
        )
        assert "Learning rate too low" not in found
        assert "Underfitting" not in found
        cured = applied(lab, dead, found["Dead ReLUs"])
        assert cured.experiment.architecture.layers[0].activation == "leaky_relu"
        assert cured.epochs[-1].train_loss < dead.epochs[-1].train_loss


class TestNoFalseAlarm:
    @pytest.mark.parametrize("example", [0, 1])
    def test_on_the_examples(self, lab: Lab, example: int) -> None:
        advice = lab.coaching.advise(lab.library.examples()[example].run)
        assert [verdict.sentence for verdict in advice.faults] == []
        assert {verdict.rule for verdict in advice.sound} >= {
            "Overfitting", "Learning rate too high", "Learning rate too low", "Too few epochs", "Underfitting",
            "Dead ReLUs", "Weak class",
        }  # fmt: skip

    def test_on_a_healthy_run(self, lab: Lab, train: Callable[..., Run]) -> None:
        healthy = {"training.epochs": 4, "training.device": "cpu", "training.precision": "float32"}
        run = train(PRESETS["quick"].experiment.changed(healthy))
        assert faults(lab, run) == {}
        assert lab.coaching.advise(run.run).unjudged == ()

    def test_on_a_run_of_one_epoch(self, lab: Lab, train: Callable[..., Run]) -> None:
        run = train(TINY, training__epochs=1, data__fraction=1.0)
        assert faults(lab, run) == {}
        assert "Overfitting" in {
            verdict.rule for verdict in lab.coaching.advise(run.run).unjudged
        }  # one epoch shows none

    def test_nothing_is_said_of_a_run_without_an_epoch(self, lab: Lab) -> None:
        empty = lab.library.run(lab.trainer.start(TINY)).model_copy(
            update={"epochs": (), "state": RunState.STOPPED}
        )
        lab.library.folder(empty.run).write(empty)
        assert lab.coaching.advise(empty.run) == Advice()


def test_what_was_said_is_kept_for_the_epoch(lab: Lab, train: Callable[..., Run]) -> None:
    run = train(TINY)
    assert lab.coaching.advise(run.run) is lab.coaching.advise(run.run)


def test_every_remedy_can_be_built(lab: Lab, train: Callable[..., Run]) -> None:
    """Of all the runs above, and of one more: each remedy is an experiment that the lab accepts."""
    slow = train(TINY, training__optimizer={"name": "sgd", "learning_rate": 1e-6})
    assert faults(lab, slow)
    for run in lab.library.runs():
        for verdict in lab.coaching.advise(run.run).verdicts:
            assert bool(verdict.remedies) == verdict.fault
            for remedy in verdict.remedies:
                assert lab.trainer.check(run.experiment.changed(dict(remedy.changes))).parameters > 0
