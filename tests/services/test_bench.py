"""The bench measures what it says, on a few images."""

from fractions import Fraction

import pytest
import torch

from playground.core.fashion import FashionData
from playground.core.network import build_network
from playground.core.presets import PRESETS
from playground.services.bench import BATCH, SYSTEM, document, measure_ratios


def test_the_ratios_are_those_of_the_times(sample: FashionData):
    said: list[str] = []
    measured = measure_ratios(sample, said.append, rounds=1, images=600)
    assert said == ["Round 1 of 1"]
    assert [ours.precision for ours in measured.ours] == ["float32", "bfloat16"]
    for ours in measured.ours:
        assert ours.ratio == pytest.approx(measured.tutorial_seconds_an_epoch / ours.seconds_an_epoch)
        assert ours.images_a_second * ours.seconds_an_epoch == pytest.approx(60_000)
    assert measured.peak_memory_mb > 100
    assert set(document(measured)) == {
        "processor", "threads", "torch", "rounds", "images", "tutorial_seconds_an_epoch", "ours",
        "matmul_gflops", "peak_memory_mb", "recipes",
    }  # fmt: skip


def test_both_sides_train_the_same_network_with_the_same_batch(
    monkeypatch: pytest.MonkeyPatch, sample: FashionData
):
    counted: list[int] = []
    real = torch.optim.Adam

    def counting(parameters, **settings):
        kept = list(parameters)
        counted.append(sum(each.numel() for each in kept))
        return real(kept, **settings)

    monkeypatch.setattr(torch.optim, "Adam", counting)
    measure_ratios(sample, lambda _: None, rounds=1, images=300)
    experiment = PRESETS[SYSTEM].experiment
    network = build_network(experiment.architecture, torch.Generator())
    assert counted[0] == sum(each.numel() for each in network.parameters()) == 39_786
    assert experiment.training.batch_size == BATCH
    assert Fraction(str(experiment.training.optimizer.learning_rate)) == Fraction(1, 100)
