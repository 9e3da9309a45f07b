"""Muted filters, held against a network whose weights say the same."""

import math

import numpy as np
import pytest
import torch
from networks import EXPERIMENTS, finished, network_of

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice
from playground.interpret.ablation import ablated, activations, effect, one_by_one
from playground.network.inference import predict_logits

CHOICE = DataChoice()
LAYERS = {
    "quick": ("conv1", "conv2", "residual3", "conv4"),
    "accurate": ("conv1", "residual5"),
    "shaken": ("conv1", "dense1"),
    "mlp": ("dense1", "dense2"),
}
CASES = [(name, layer) for name, layers in LAYERS.items() for layer in layers]


def silenced(network: torch.nn.Sequential, layer: str, muted: dict[str, tuple[int, ...]], pixels: torch.Tensor):
    """The same by hooks in a network that runs module by module."""
    hooks = [
        network.get_submodule(name).register_forward_hook(
            lambda _m, _i, out, channels=channels: out.index_fill(1, torch.tensor(channels), 0.0)
        )
        for name, channels in muted.items()
        if channels
    ]
    logits = network(scale(pixels, "unit")).detach()  # with gradients: nothing is done in one
    for hook in hooks:
        hook.remove()
    return logits


@pytest.mark.parametrize(("name", "layer"), CASES)
def test_without_muted_filters_it_is_the_network(few: FashionData, name: str, layer: str) -> None:
    network = network_of(EXPERIMENTS[name].architecture)
    known = finished(activations(network, layer, few.test.pixels, CHOICE, 30))
    found = ablated(network, layer, known, {}, "zero", 30)
    torch.testing.assert_close(found, predict_logits(network, few.test.pixels, CHOICE), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "layer"), CASES)
def test_muted_filters_are_those_of_a_hooked_network(few: FashionData, name: str, layer: str) -> None:
    network = network_of(EXPERIMENTS[name].architecture)
    known = finished(activations(network, layer, few.test.pixels, CHOICE, 30))
    before = known.clone()
    muted = {layer: (0, 2)}
    found = ablated(network, layer, known, muted, "zero", 30)
    torch.testing.assert_close(found, silenced(network, layer, muted, few.test.pixels), rtol=1e-4, atol=1e-5)
    assert not torch.equal(found, ablated(network, layer, known, {}, "zero", 30))
    assert torch.equal(known, before)


def test_several_layers_at_once(few: FashionData) -> None:
    network = network_of(EXPERIMENTS["quick"].architecture)
    known = finished(activations(network, "conv1", few.test.pixels, CHOICE, 30))
    muted = {"conv1": (1,), "residual3": (4, 7), "conv4": (0, 63)}
    found = ablated(network, "conv1", known, muted, "zero", 30)
    torch.testing.assert_close(found, silenced(network, "conv1", muted, few.test.pixels), rtol=1e-4, atol=1e-5)


def test_a_filter_muted_to_its_mean(few: FashionData) -> None:
    network = network_of(EXPERIMENTS["mlp"].architecture)
    known = finished(activations(network, "dense2", few.test.pixels, CHOICE, 30))
    found = ablated(network, "dense2", known, {"dense2": (3,)}, "mean", 30)
    changed = known.clone()
    changed[:, 3] = known[:, 3].mean()
    with torch.no_grad():
        torch.testing.assert_close(found, network.get_submodule("output")(changed))
    maps = torch.randn(6, 2, 3, 3)
    from playground.interpret.ablation import FILLS

    torch.testing.assert_close(FILLS["mean"][1](maps), maps.mean((0, 2, 3)))


def test_with_every_unit_muted_the_bias_is_left(few: FashionData) -> None:
    network = network_of(EXPERIMENTS["mlp"].architecture)
    known = finished(activations(network, "dense2", few.test.pixels, CHOICE, 30))
    found = ablated(network, "dense2", known, {"dense2": tuple(range(6))}, "zero", 30)
    torch.testing.assert_close(found, network.get_submodule("output").bias.detach().expand(100, 10))


def test_the_effect_is_counted_image_by_image() -> None:
    draw = np.random.default_rng(0)
    labels = torch.from_numpy(draw.integers(0, 10, 400))
    before, after = (torch.from_numpy(draw.normal(size=(400, 10))) for _ in range(2))
    for scores, share in ((before, 0.8), (after, 0.6)):
        sure = torch.from_numpy(draw.random(400) < share)
        scores[sure, labels[sure]] += 10
    found = effect(before, after, labels)
    right = np.stack([(scores.argmax(1) == labels).numpy() for scores in (before, after)]).astype(float)
    assert (found.before, found.after) == pytest.approx(tuple(right.mean(1)))
    assert found.after - found.before == pytest.approx((len(found.mended) - len(found.broken)) / 400)
    assert set(found.broken) | set(found.mended) <= set(found.moved)
    assert found.error == pytest.approx(right[1].std() / 20)
    assert found.change_error == pytest.approx((right[1] - right[0]).std() / 20)
    b, c = len(found.broken), len(found.mended)
    assert found.change_error == pytest.approx(math.sqrt(b + c - (b - c) ** 2 / 400) / 400)


def test_filters_muted_one_by_one(few: FashionData) -> None:
    network = network_of(EXPERIMENTS["shaken"].architecture)
    known = finished(activations(network, "conv1", few.test.pixels, CHOICE, 30))
    found = finished(one_by_one(network, "conv1", known, few.test.labels, "zero", 30))
    for channel in range(4):
        scores = silenced(network, "conv1", {"conv1": (channel,)}, few.test.pixels)
        assert found[channel] == pytest.approx(float((scores.argmax(1) == few.test.labels).double().mean()))
