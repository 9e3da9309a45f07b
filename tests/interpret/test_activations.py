"""Statistics of activations and gradients, held against PyTorch's own."""

import pytest
import torch
from networks import EXPERIMENTS, network_of
from torch.nn import functional

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice
from playground.interpret.activations import activity
from playground.interpret.layers import outputs, per_channel


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_they_are_those_of_all_values_at_once(few: FashionData, name: str) -> None:
    architecture = EXPERIMENTS[name].architecture
    network = network_of(architecture)
    found = activity(network, architecture, few.test, DataChoice(), batch=30)
    assert found.places[-1].place.stage == "output"
    assert found.images == 100
    inputs = scale(few.test.pixels, "unit")
    every = {key: each.detach().double() for key, each in outputs(network, inputs).items()}
    for each in found.places:
        values = every[each.place.modules[-1]]
        columns = per_channel(values).transpose(0, 1).flatten(1)  # [c, n * positions]
        close = {"rel": 1e-4, "abs": 1e-6}
        assert each.mean == pytest.approx(columns.mean(1).numpy(), **close)
        assert each.deviation == pytest.approx(columns.std(1, correction=0).numpy(), rel=1e-3, abs=1e-5)
        assert each.zeros == pytest.approx((columns == 0).double().mean(1).numpy())
        assert each.largest == pytest.approx(columns.amax(1).numpy(), **close)
        assert each.all_mean == pytest.approx(float(values.mean()), **close)
        assert each.all_deviation == pytest.approx(float(values.std(correction=0)), **close)
        assert each.all_zeros == pytest.approx(float((values == 0).double().mean()))


@pytest.mark.parametrize("name", ["quick", "mlp", "logistic"])
def test_gradients_are_those_of_the_mean_loss(few: FashionData, name: str) -> None:
    architecture = EXPERIMENTS[name].architecture
    network = network_of(architecture)
    found = activity(network, architecture, few.test, DataChoice(), batch=30)
    assert all(parameter.grad is None for parameter in network.parameters())
    loss = functional.cross_entropy(network(scale(few.test.pixels, "unit")), few.test.labels)
    loss.backward()
    assert found.loss == pytest.approx(loss.item(), rel=1e-5)
    layers = [name for name, module in network.named_children() if list(module.parameters())]
    assert list(found.gradients) == list(found.weights) == layers
    for layer in layers:
        parameters = list(network.get_submodule(layer).parameters())
        for norms, tensors in ((found.gradients, [p.grad for p in parameters]), (found.weights, parameters)):
            expected = torch.nn.utils.get_total_norm([each.detach() for each in tensors])
            assert norms[layer] == pytest.approx(float(expected), rel=1e-4)


def test_a_dead_filter_is_named_and_a_living_one_is_not(few: FashionData) -> None:
    architecture = EXPERIMENTS["quick"].architecture
    network = network_of(architecture)
    for name in ("conv1.norm", "residual3.branch.norm1"):
        norm = network.get_submodule(name)
        with torch.no_grad():
            norm.bias[:] = 5.0
            norm.bias[[2, 9]] = -100.0
    dead = activity(network, architecture, few.test, DataChoice(), batch=30).dead()
    by_stage = {place.stage: channels for place, channels in dead.items()}
    assert by_stage["conv1"] == by_stage["residual3"] == (2, 9)


def test_only_rectifiers_can_be_dead(few: FashionData) -> None:
    experiment = EXPERIMENTS["quick"].changed({"architecture.layers.0.activation": "leaky_relu"})
    network = network_of(experiment.architecture)
    with torch.no_grad():
        network.get_submodule("conv1.norm").weight.zero_()
        network.get_submodule("conv1.norm").bias.zero_()  # 0 everywhere, and still no dead ReLU
    found = activity(network, experiment.architecture, few.test, DataChoice(), batch=30)
    assert (found.places[0].zeros == 1).all()
    assert "conv1" not in {place.stage for place in found.dead()}
