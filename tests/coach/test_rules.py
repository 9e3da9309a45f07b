"""The coach's rules over the confusion matrix and the curves, held against counts; its sums against PyTorch's."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from records import record
from scored import Scored
from sklearn.metrics import recall_score
from small import TINY, tiny
from torch import Tensor, nn
from torch.nn import functional

from playground.coach.rules import advise
from playground.coach.verdict import GUESSING, Advice, Evidence, Verdict, least_loss
from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData, scale
from playground.experiment.experiment import Experiment
from playground.interpret.dead_units import DeadUnits, silent_channels
from playground.metrics.classification import confusion
from playground.network.build import build_network
from playground.training import engine
from playground.training.events import EpochMetrics, TrainingFinished
from playground.training.record import RunState
from playground.training.schedule import highest_share

LEARNS = Experiment.parse(
    {
        "architecture": {"layers": [{"kind": "conv", "channels": 8, "kernel": 5, "stride": 2, "padding": 0}]},
        "training": {
            "optimizer": {"name": "adam", "learning_rate": 0.003}, "epochs": 8, "batch_size": 64, "device": "cpu",
            "precision": "float32",
        },
        "data": {"validation": "none"},
    }
)  # fmt: skip


def least(smoothing: float) -> float:
    """Cross-entropy of the best answer, by PyTorch."""
    best = torch.full((1, 10), smoothing / 10)
    best[0, 3] += 1 - smoothing
    scores = best.clamp(min=1e-30).log()
    return abs(functional.cross_entropy(scores, torch.tensor([3]), label_smoothing=smoothing).item())


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_the_least_loss_is_that_of_the_best_answer(smoothing: float) -> None:
    assert least_loss(smoothing) == pytest.approx(least(smoothing), abs=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_guessing_costs_the_same_with_label_smoothing(smoothing: float) -> None:
    loss = functional.cross_entropy(torch.zeros(1, 10), torch.tensor([3]), label_smoothing=smoothing)
    assert pytest.approx(loss.item(), abs=1e-6) == GUESSING


def without(data: FashionData, missing: int, left: int = 5) -> FashionData:
    """The images, but hardly any of one class to learn from."""
    keep = data.train.labels != missing
    keep[torch.nonzero(data.train.labels == missing)[:left, 0]] = True
    return FashionData.of("sample", "sample", data.train.take(keep), data.test)


def verdicts(data: FashionData) -> dict[str, Verdict]:
    """What the coach says of a training on these images, judged by the 1,000 test images."""
    for event in engine.train(LEARNS, data, clock=lambda: 0.0):
        if isinstance(event, TrainingFinished):
            matrix = confusion(event.test_logits, data.test.labels)
    return {each.rule: each for each in advise(Evidence(record(experiment=LEARNS), matrix=matrix)).verdicts}


def test_a_pair_that_dominates(sample: FashionData) -> None:
    """Who hardly saw a T-shirt takes T-shirts for shirts."""
    found = verdicts(without(sample, CLASS_NAMES.index("T-shirt/top")))
    assert found["One pair dominates"].fault
    assert found["One pair dominates"].sentence.startswith("T-shirt/top taken for Shirt: ")
    assert "(n = 1,000 validation images)" in found["One pair dominates"].sentence
    assert found["Weak class"].fault
    assert found["Weak class"].sentence.startswith("T-shirt/top is the weakest class: ")


def test_no_pair_and_no_class_where_all_were_seen(sample: FashionData) -> None:
    found = verdicts(sample)
    assert not found["One pair dominates"].fault
    assert not found["Weak class"].fault


def test_the_share_of_a_pair_by_hand() -> None:
    matrix = np.diag(np.full(10, 90))
    matrix[6, 0], matrix[2, 4], matrix[4, 2] = 31, 35, 34
    verdicts = advise(Evidence(record(), matrix=matrix)).verdicts
    (pair,) = (each for each in verdicts if each.rule == "One pair dominates")
    assert pair.fault
    assert pair.sentence == (
        "Pullover taken for Coat: 35% of all errors, 35 of 100 (n = 1,000 validation images)."
    )
    (gentler, _) = pair.remedies  # two epochs at a rate of 0.1 are behind it
    assert gentler.changes == {"training.epochs": 4, "training.optimizer.learning_rate": 0.01}


def test_pair_and_class_of_a_network_are_counted_by_scikit_learn(scored: Scored) -> None:
    labels, said = scored.labels.numpy(), scored.logits.argmax(1).numpy()
    evidence = Evidence(record(), matrix=confusion(scored.logits, scored.labels))
    found = {each.rule: each.sentence for each in advise(evidence).verdicts}
    wrong = Counter((int(a), int(b)) for a, b in zip(labels, said, strict=True) if a != b)
    ((true, guess), count), (_, second) = wrong.most_common(2)
    assert count > second
    assert found["One pair dominates"] == (
        f"The largest pair is {CLASS_NAMES[true]} taken for {CLASS_NAMES[guess]}: {count / wrong.total():.0%} of "
        f"all errors, {count} of {wrong.total()} (n = 1,000 validation images)."
    )
    recalls = recall_score(labels, said, average=None)
    worst = int(recalls.argmin())
    assert found["Weak class"] == (
        f"{CLASS_NAMES[worst]} is the weakest class: {((labels == worst) & (said == worst)).sum()} of "
        f"{(labels == worst).sum()} validation images of it are found, {recalls[worst]:.0%}."
    )


def test_a_matrix_of_a_network_that_guesses_is_not_read() -> None:
    rules = {each.rule for each in advise(Evidence(record(), matrix=np.full((10, 10), 10))).unjudged}
    assert rules >= {"One pair dominates", "Weak class"}


def run_of(*losses: tuple[float, float | None], accuracy: float = 0.5, **settings: Any) -> dict[str, Any]:
    """A record with these training and validation losses, an epoch each."""
    epochs = tuple(
        EpochMetrics(number, 220, train, accuracy, validation, accuracy, 0.1, 1.0)
        for number, (train, validation) in enumerate(losses, 1)
    )
    return {"epochs": epochs, "experiment": tiny(**settings)}


def sentence(rule: str, fault: bool, run: dict[str, Any], losses: tuple[float, ...] = ()) -> str:
    (found,) = (each for each in advise(Evidence(record(**run), losses)).verdicts if each.rule == rule)
    assert (found.fault, found.judged) == (fault, True)
    return found.sentence


class TestCurvesByHand:
    def test_overfitting_since_the_lowest_validation_loss(self) -> None:
        run = run_of((0.5, 0.5), (0.4, 0.45), (0.3, 0.5), (0.2, 0.6))
        assert sentence("Overfitting", True, run) == (
            "Overfitting since epoch 2: the validation loss rose from 0.450 to 0.600 while the training loss fell "
            "from 0.400 to 0.200."
        )

    def test_a_spike_with_its_height(self) -> None:
        assert sentence("Learning rate too high", True, run_of((2.31, 2.31)), (2.4, 9.0, 2.31)) == (
            "The learning rate of 0.1 is too high: the training loss rose from 2.400 at the start to 9.000, and "
            "was 2.310 in the last epoch (guessing has 2.303)."
        )

    def test_swings_are_counted(self) -> None:
        run = run_of((1.0, 0.5), (0.9, 0.8), (0.8, 0.5), (0.7, 0.9), (0.6, 0.5))
        assert sentence("Learning rate too high", True, run) == (
            "The learning rate of 0.1 is too high: the validation loss rose by more than 15% and fell again 2 "
            "times (0.800 in epoch 2, 0.900 in epoch 4)."
        )

    @pytest.mark.parametrize("smoothing", [0.0, 0.1])
    def test_how_far_the_loss_came_is_a_share_of_the_way_from_guessing(self, smoothing: float) -> None:
        guessing = functional.cross_entropy(torch.zeros(1, 10), torch.tensor([3])).item()
        share = (guessing - 2.0) / (guessing - least(smoothing))
        found = sentence("Learning rate too low", False, run_of((2.1, 2.1), (2.0, 2.0), label_smoothing=smoothing))
        assert found == (
            f"After 2 epochs the training loss is 2.000, {share:.1%} of the way from guessing (2.303) to the "
            f"least there can be ({least(smoothing):.3f}), at a rate of 0.1."
        )

    @pytest.mark.parametrize("smoothing", [0.0, 0.1])
    def test_a_training_loss_fell_by_a_share_of_itself(self, smoothing: float) -> None:
        """Also with label smoothing, where there is less of it that can still fall."""
        found = sentence("Too few epochs", True, run_of((1.0, None), (0.8, None), label_smoothing=smoothing))
        assert found == "Too few epochs: in epoch 2, the last, the training loss still fell by 20.0%."

    def test_a_validation_loss_of_nothing_has_nowhere_to_fall(self) -> None:
        found = sentence("Too few epochs", False, run_of((0.1, 0.0), (0.1, 0.0)))
        assert found == "In epoch 2, the last, no loss fell by much."

    def test_a_validation_loss_fell_by_a_share_of_itself(self) -> None:
        found = sentence("Too few epochs", True, run_of((1.0, 0.6), (0.99, 0.5)))
        assert found == "Too few epochs: in epoch 2, the last, the validation loss still fell by 16.7%."

    @pytest.mark.parametrize(("last", "change"), [(1.49, "-0.010"), (1.505, "+0.005")])
    def test_underfitting_has_the_change_of_the_loss(self, last: float, change: str) -> None:
        assert sentence("Underfitting", True, run_of((1.5, 1.5), (last, 1.5))) == (
            "Underfitting: the training accuracy is 50.0% after 2 epochs, and the training loss changed by only "
            f"{change} in the last."
        )


class TestEnd:
    """What is said of runs that ended early, or whose schedule never came to its rate."""

    def test_a_run_that_was_stopped_within_its_first_epoch_is_not_faultless(self) -> None:
        epoch = EpochMetrics(1, 200, 2.0, 0.3, 1.9, 0.35, 0.1, 1.0)
        run = record(state=RunState.STOPPED, train_images=500, epochs=(epoch,), experiment=tiny(epochs=4))
        (found,) = advise(Evidence(run)).faults
        assert found.sentence == (
            "Stopped after 0.4 of 4 epochs: the network has not even seen every training image once, so its "
            "accuracy says little."
        )
        (remedy,) = found.remedies
        assert (remedy.words, dict(remedy.changes), remedy.after) == ("Train all 4 epochs", {}, None)

    def test_a_run_that_was_stopped_later_goes_on_after_its_last_whole_epoch(self) -> None:
        whole, part = (EpochMetrics(n, images, 1.0, 0.6, 1.0, 0.6, 0.1, 1.0) for n, images in ((1, 500), (2, 150)))
        run = record(state=RunState.STOPPED, train_images=500, epochs=(whole, part), experiment=tiny(epochs=4))
        (found,) = (each for each in advise(Evidence(run)).faults if each.rule == "Stopped early")
        assert found.sentence.startswith("Stopped after 1.3 of 4 epochs: ")
        assert found.remedies[0].after == 1

    def test_one_cycle_of_one_batch_never_reaches_its_rate(self) -> None:
        cycle = {"training.schedule": {"name": "one-cycle", "start": 0.04}, "training.epochs": 1}
        epoch = EpochMetrics(1, 200, 2.3, 0.1, 2.3, 0.1, 0.004, 1.0)
        run = record(batches_in_epoch=1, epochs=(epoch,), experiment=TINY.changed(cycle))
        advice = advise(Evidence(run))
        (found,) = advice.faults
        assert found.sentence == "The highest learning rate in 1 batch was 0.004, of the 0.1 that was set."
        for remedy in found.remedies:
            assert highest_share(run.experiment.changed(dict(remedy.changes)).training, 20, 1) > 0.9
        assert "Learning rate too low" in {each.rule for each in advice.unjudged}


class TestSummary:
    def test_the_first_epoch_is_held_against_guessing(self) -> None:
        epoch = EpochMetrics(1, 220, 1.0, 0.6, 0.9, 0.625, 0.1, 1.0)
        run = record(state=RunState.RUNNING, epochs=(epoch,), experiment=tiny(epochs=4))
        advice = advise(Evidence(run, silence=(DeadUnits("conv1.activation", 4, ()),), probed=500))
        assert advice.summary == (
            "After 1 of 4 epochs the network is right on 62.5% of the validation images; guessing would be right "
            "on 10%."
        )
        assert not advice.faults
        needs = {each.rule: each.sentence for each in advice.unjudged}
        assert needs["Overfitting"] == "It needs three epochs with validation images."
        assert needs["Weak class"] == "It can be checked when the run has ended."

    def test_later_ones_against_the_epoch_before(self) -> None:
        epochs = tuple(EpochMetrics(n, 220, 1.0, 0.6, None, None, 0.1, 1.0) for n in (1, 2))
        assert advise(Evidence(record(epochs=epochs))).summary == (
            "After 2 of 2 epochs the network is right on 60.0% of the training images; after epoch 1 it was 60.0%."
        )

    def test_before_the_first_epoch_nothing_is_said(self) -> None:
        assert advise(Evidence(record(epochs=(), state=RunState.RUNNING))) == Advice()


class TestSilence:
    DEEP = Experiment.parse(
        {
            "architecture": {
                "layers": [
                    {"kind": "conv", "channels": 6, "pool": "max", "batch_norm": True},
                    {"kind": "residual"},
                ],
                "hidden": [{"units": 12}, {"units": 5, "activation": "tanh"}],
            }
        }
    )

    def test_every_relu_is_heard(self, few: FashionData) -> None:
        network = build_network(self.DEEP.architecture, torch.Generator().manual_seed(0)).eval()
        found = {each.place: each for each in silent_channels(network, few.train.pixels, self.DEEP.data)}
        assert set(found) == {
            "conv1.activation", "residual2.branch.activation1", "residual2.branch.activation2", "dense1.activation"
        }  # fmt: skip
        assert [each.channels for each in found.values()] == [6, 6, 6, 12]

    def test_the_silent_ones_are_named(self, few: FashionData) -> None:
        network = build_network(self.DEEP.architecture, torch.Generator().manual_seed(0)).eval()
        before = {each.place: each.silent for each in silent_channels(network, few.train.pixels, self.DEEP.data)}
        assert 4 not in before["conv1.activation"]
        assert not {0, 7} & set(before["dense1.activation"])
        with torch.no_grad():
            network.conv1.norm.bias[4] = -100.0
            network.dense1.linear.bias[[0, 7]] = -100.0
        found = {each.place: each.silent for each in silent_channels(network, few.train.pixels, self.DEEP.data)}
        assert set(found["conv1.activation"]) == {*before["conv1.activation"], 4}
        assert {0, 7} <= set(found["dense1.activation"])

    def test_they_are_those_that_hooks_find_and_count(self, few: FashionData) -> None:
        network = build_network(self.DEEP.architecture, torch.Generator().manual_seed(0)).eval()
        with torch.no_grad():
            network.conv1.norm.bias[4] = -100.0
            network.dense1.linear.bias[[0, 7]] = -100.0
        largest: dict[str, Tensor] = {}

        def keep(name: str, values: Tensor) -> None:
            largest[name] = (
                values.detach().flatten(2).amax((0, 2)) if values.dim() == 4 else values.detach().amax(0)
            )

        for name, module in network.named_modules():
            if isinstance(module, nn.ReLU):
                module.register_forward_hook(lambda _m, _i, out, name=name: keep(name, out))
        network(scale(few.train.pixels, "unit"))  # with gradients: nothing is done in one
        expected = {name: tuple(np.flatnonzero(values == 0).tolist()) for name, values in largest.items()}
        found = silent_channels(network, few.train.pixels, self.DEEP.data)
        assert {each.place: each.silent for each in found} == expected
        quiet, among = sum(map(len, expected.values())), sum(map(len, largest.values()))
        assert 3 <= quiet < among / 2
        (verdict,) = (
            each
            for each in advise(Evidence(record(), silence=found, probed=240)).verdicts
            if each.rule == "Dead ReLUs"
        )
        assert verdict.sentence == f"{quiet} of {among} ReLU channels are 0 on every one of 240 training images."

    def test_the_network_is_left_as_it_was(self, few: FashionData) -> None:
        network = build_network(self.DEEP.architecture, torch.Generator()).eval()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        silent_channels(network, few.train.pixels, self.DEEP.data)
        assert not network.training
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
