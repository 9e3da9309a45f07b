"""Looking into a network module by module, held against the network as it runs."""

import pytest
import torch
from networks import EXPERIMENTS, MLP, fitting, network_of
from torch import Tensor

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice, Experiment
from playground.experiment.presets import PRESETS
from playground.interpret.layers import output_at, outputs, per_channel, seen_by, stages, weight_pictures
from playground.network.inference import predict_logits
from playground.network.plan import places, plan


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_the_last_scores_are_those_of_the_network(few: FashionData, experiment: Experiment) -> None:
    network = network_of(experiment.architecture)
    last = list(outputs(network, scale(few.test.pixels, "unit")).values())[-1]
    torch.testing.assert_close(last, predict_logits(network, few.test.pixels, DataChoice()), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_every_place_has_what_leaves_its_module_in_random_networks() -> None:
    image = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    for architecture in fitting(40):
        network = network_of(architecture)
        hooked: dict[str, Tensor] = {}
        for name, module in network.named_modules():
            module.register_forward_hook(lambda _m, _i, out, name=name, to=hooked: to.update({name: out}))
        with torch.enable_grad():  # in evaluation with gradients nothing is done in one
            network(image)
        found = outputs(network, image)
        for place in places(architecture):
            assert found[place.modules[-1]].shape[1:] == place.output_shape
            torch.testing.assert_close(found[place.modules[-1]], hooked[place.modules[-1]].detach())
            torch.testing.assert_close(output_at(network, place, image), found[place.modules[-1]])


def test_places_are_the_rows_of_the_table_and_those_in_branches() -> None:
    inner = 0
    for architecture in fitting(40):
        found, rows = places(architecture), plan(architecture).rows
        assert tuple(row for row in found if not row.operation.startswith("branch: ")) == rows
        inner += len(found) - len(rows)
        names = [name for row in found for name in row.modules]
        leaves = [name for name, _ in outputs(network_of(architecture), torch.rand(1, 1, 28, 28)).items()]
        assert names == leaves
        assert [row.stage for row in stages(architecture)] == list(dict.fromkeys(row.stage for row in rows))
    assert inner > 20


def test_weights_of_a_first_dense_layer_are_pictures() -> None:
    architecture = MLP.architecture
    network = network_of(architecture)
    first, second = (row for row in places(architecture) if row.stage in ("dense1", "dense2"))
    pictures = weight_pictures(network, architecture, first)
    assert pictures is not None
    assert pictures.shape == (12, 1, 28, 28)
    image = torch.rand(1, 1, 28, 28)
    summed = (pictures * image).sum((1, 2, 3)) + network.get_submodule("dense1.linear").bias
    torch.testing.assert_close(summed.relu()[None], output_at(network, first, image))
    assert weight_pictures(network, architecture, second).shape == (6, 1, 1, 12)  # type: ignore[union-attr]


def test_weights_of_a_convolution_are_its_kernels_and_a_pooling_has_none() -> None:
    architecture = PRESETS["quick"].experiment.architecture
    network = network_of(architecture)
    rows = places(architecture)
    kernels = weight_pictures(network, architecture, rows[0])
    assert kernels is network.get_submodule("conv1.conv").weight.detach() or torch.equal(
        kernels, network.get_submodule("conv1.conv").weight
    )
    assert weight_pictures(network, architecture, next(r for r in rows if "pooling" in r.operation)) is None
    output = weight_pictures(network, architecture, rows[-1])
    assert output is not None
    assert output.shape == (10, 64, 3, 3)  # the flattened map's shape


def test_a_value_sees_the_pixels_that_it_has_a_gradient_of() -> None:
    """In networks whose every pixel counts: no rectifier, no maximum."""
    checked = 0
    for seed, architecture in enumerate(fitting(60)):
        document = architecture.model_dump(mode="json")
        for layer in document["layers"]:
            layer["activation"] = "none"
            layer["pool"] = "average" if layer.get("pool") == "max" else layer.get("pool", "none")
            if layer["kind"] == "residual":
                layer.pop("pool", None)
        plain = Experiment.parse({"architecture": document}).architecture
        network = network_of(plain).double()
        for place in places(plain):
            if len(place.output_shape) != 3:
                continue
            side = place.output_shape[-1]
            row, column = (seed * 7) % side, (seed * 3 + 1) % side
            image = torch.rand(1, 1, 28, 28, dtype=torch.float64, requires_grad=True)
            out = output_at(network, place, image)[0, :, row, column].sum()
            (gradient,) = torch.autograd.grad(out, image)
            rows, columns = (gradient[0, 0].abs().sum(axis) > 1e-15 for axis in (1, 0))
            window = seen_by(network, plain, place, row, column)
            if window is None:  # all of it lies in the padding
                assert not rows.any()
                continue
            found = tuple(int(end) for axis in (rows, columns) for end in axis.nonzero()[[0, -1], 0])
            assert found == (window.top, window.bottom, window.left, window.right)
            checked += 1
    assert checked > 100


def test_maps_and_units_by_channel() -> None:
    assert per_channel(torch.zeros(2, 3, 4, 5)).shape == (2, 3, 20)
    assert per_channel(torch.zeros(2, 3)).shape == (2, 3, 1)
