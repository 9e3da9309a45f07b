"""The coach's rules over the confusion matrix, held against counts; its sums against PyTorch's."""

import numpy as np
import pytest
import torch
from records import record
from torch.nn import functional

from playground.core import engine
from playground.core.classes import CLASS_NAMES
from playground.core.coach import advise
from playground.core.evaluate import confusion
from playground.core.events import Finished
from playground.core.experiment import Experiment
from playground.core.fashion import FashionData
from playground.core.network import build_network
from playground.core.silence import silent_channels
from playground.core.verdict import GUESSING, Evidence, Verdict, least_loss

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


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_the_least_loss_is_that_of_the_best_answer(smoothing: float) -> None:
    label = torch.tensor([3])
    best = torch.full((1, 10), smoothing / 10)
    best[0, 3] += 1 - smoothing
    loss = functional.cross_entropy(best.clamp(min=1e-30).log(), label, label_smoothing=smoothing)
    assert least_loss(smoothing) == pytest.approx(loss.item(), abs=1e-5)


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
        if isinstance(event, Finished):
            matrix = confusion(event.test_logits, data.test.labels)
    return {each.rule: each for each in advise(Evidence(record(experiment=LEARNS), matrix=matrix))}


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
    (pair,) = (each for each in advise(Evidence(record(), matrix=matrix)) if each.rule == "One pair dominates")
    assert pair.fault
    assert pair.sentence == (
        "Pullover taken for Coat: 35% of all errors, 35 of 100 (n = 1,000 validation images)."
    )


def test_a_matrix_of_a_network_that_guesses_is_not_read() -> None:
    rules = {each.rule for each in advise(Evidence(record(), matrix=np.full((10, 10), 10)))}
    assert not rules & {"One pair dominates", "Weak class"}


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

    def test_the_network_is_left_as_it_was(self, few: FashionData) -> None:
        network = build_network(self.DEEP.architecture, torch.Generator()).eval()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        silent_channels(network, few.train.pixels, self.DEEP.data)
        assert not network.training
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
