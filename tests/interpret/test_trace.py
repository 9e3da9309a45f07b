"""One value worked out, held against the network's own, and each formula against what it says."""

import math
import statistics

import numpy as np
import pytest
import torch
from networks import EXPERIMENTS, LOGISTIC, MLP, fitting, network_of
from torch import nn
from torch.nn import functional

from playground.data.images import FashionData, scale
from playground.errors import RunError
from playground.experiment.presets import PRESETS
from playground.interpret.layers import outputs, own_weights
from playground.interpret.trace import TraceStep, worked
from playground.network.plan import places


def test_every_sum_and_step_is_the_networks_own_in_random_networks() -> None:
    draw = torch.Generator().manual_seed(0)
    sums, steps, kinds = 0, 0, set()
    for architecture in fitting(60):
        network = network_of(architecture)
        image = torch.rand(1, 1, 28, 28, generator=draw)
        found = {name: each.detach() for name, each in outputs(network, image).items()}
        for place in places(architecture):
            if own_weights(network, place) is None:
                continue
            for _ in range(3):
                shape = found[place.modules[0]].shape[1:]
                channel, *position = (int(torch.randint(size, (1,), generator=draw)) for size in shape)
                one = worked(network, architecture, place, image, channel, tuple(position))
                own = float(found[place.modules[0]][(0, channel, *position)])
                assert one.network == own
                assert one.value == pytest.approx(own, rel=1e-4, abs=1e-5)
                assert one.products.sum() + one.bias == pytest.approx(one.value, rel=1e-9)
                for step in one.further:
                    assert step.value == pytest.approx(step.network, rel=1e-3, abs=1e-4), step
                    kinds.add(step.operation)
                sums, steps = sums + 1, steps + len(one.further)
    assert sums > 300
    assert steps > 400
    assert {"batch norm", "max pooling", "average pooling", "residual block: x + branch(x)"} < kinds
    assert {"ReLU", "LeakyReLU", "GELU", "SiLU", "Tanh", "Sigmoid"} < kinds


def by_the_formula(step: TraceStep) -> float:
    """What a person gets with the numbers that stand in the formula, which have four digits."""
    formula = step.formula.replace("−", "-").replace("√", "sqrt").replace("·", "*").replace("e^-v", "exp(-v)")
    if step.operation == "LeakyReLU":
        value = float(formula.partition(",")[0])
        return value if value > 0 else 0.01 * value
    formula, _, value = formula.partition(" at v = ")
    known = {
        "max": max, "mean": lambda *each: statistics.fmean(each), "sqrt": math.sqrt, "tanh": math.tanh,
        "exp": math.exp, "Φ": statistics.NormalDist().cdf, "v": float(value or "nan"),
    }  # fmt: skip
    return float(eval(formula, {"__builtins__": {}}, known))


def test_every_formula_comes_to_its_value() -> None:
    draw, kinds = torch.Generator().manual_seed(1), set()
    for architecture in fitting(60):
        network = network_of(architecture)
        image = torch.rand(1, 1, 28, 28, generator=draw)
        found = outputs(network, image)
        for place in places(architecture):
            if own_weights(network, place) is None:
                continue
            shape = found[place.modules[0]].shape[1:]
            channel, *position = (int(torch.randint(size, (1,), generator=draw)) for size in shape)
            for step in worked(network, architecture, place, image, channel, tuple(position)).further:
                if "no window" not in step.formula:
                    assert by_the_formula(step) == pytest.approx(step.value, rel=0.01, abs=0.02), step
                    kinds.add(step.operation)
    assert {"batch norm", "max pooling", "average pooling", "residual block: x + branch(x)"} < kinds
    assert {"ReLU", "LeakyReLU", "GELU", "SiLU", "Tanh", "Sigmoid"} < kinds


@pytest.mark.parametrize("name", ["tiny", "quick", "accurate"])
def test_patch_and_kernel_are_those_of_pytorchs_unfold(few: FashionData, name: str) -> None:
    architecture = EXPERIMENTS[name].architecture
    network, image = network_of(architecture), scale(few.test.pixels[4:5], "unit")
    found, rows = outputs(network, image), places(architecture)
    for at, place in enumerate(rows):
        conv = own_weights(network, place)
        if not isinstance(conv, nn.Conv2d):
            continue
        before = found[rows[at - 1].modules[-1]] if at else image
        (kernel, _), (stride, _) = conv.kernel_size, conv.stride
        padding = (kernel - 1) // 2 if conv.padding == "same" else conv.padding  # of these kernels all are odd
        columns = functional.unfold(before.detach(), kernel, padding=padding, stride=stride)[0]
        side = found[place.modules[0]].shape[-1]
        for row, column in ((0, 0), (side - 1, side // 2), (side // 2, side - 1)):
            one = worked(network, architecture, place, image, 1, (row, column))
            assert np.array_equal(one.patch.ravel(), columns[:, row * side + column].double())
            assert np.array_equal(one.kernel, conv.weight[1].detach().double())


def test_the_last_step_is_what_leaves_the_layer() -> None:
    architecture = PRESETS["quick"].experiment.architecture
    network = network_of(architecture)
    image = torch.rand(1, 1, 28, 28)
    one = worked(network, architecture, places(architecture)[0], image, 3, (10, 13))
    assert [step.operation for step in one.further] == ["max pooling", "batch norm", "ReLU"]
    assert one.further[-1].position == (5, 6)
    assert one.further[-1].network == float(outputs(network, image)["conv1.activation"][0, 3, 5, 6].detach())
    assert one.corner == (9, 12)


def test_padding_is_zeros() -> None:
    architecture = PRESETS["quick"].experiment.architecture
    one = worked(
        network_of(architecture), architecture, places(architecture)[0], torch.ones(1, 1, 28, 28), 0, (0, 0)
    )
    assert one.corner == (-1, -1)
    assert one.patch[0].tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert not one.has_bias


@pytest.mark.parametrize("experiment", [LOGISTIC, MLP], ids=["logistic", "mlp"])
def test_a_unit_is_a_sum_over_all_pixels(experiment) -> None:
    architecture = experiment.architecture
    network = network_of(architecture)
    image = torch.rand(1, 1, 28, 28)
    first = next(row for row in places(architecture) if own_weights(network, row) is not None)
    one = worked(network, architecture, first, image, 2, ())
    assert one.patch.shape == one.kernel.shape == (784, 1, 1)
    linear = network.get_submodule(first.modules[0])
    assert isinstance(linear, nn.Linear)
    assert one.value == pytest.approx(float((linear.weight[2] * image.flatten()).sum() + linear.bias[2]), rel=1e-5)


@pytest.mark.parametrize(
    ("channel", "position"), [(16, (0, 0)), (0, (28, 0)), (0, ()), (-1, (0, 0)), (0, (0, -1))]
)
def test_a_value_that_is_not_there_is_named(channel, position) -> None:
    architecture = PRESETS["quick"].experiment.architecture
    with pytest.raises(RunError, match="There is no value at channel"):
        worked(
            network_of(architecture),
            architecture,
            places(architecture)[0],
            torch.rand(1, 1, 28, 28),
            channel,
            position,
        )


def test_a_value_that_no_pooling_window_reaches_says_so() -> None:
    from small import TINY

    architecture = TINY.changed(
        {"architecture.layers": [{"kind": "conv", "channels": 2, "kernel": 2, "padding": 0, "pool": "max"}]}
    ).architecture  # 27 x 27, pooled to 13 x 13: the last row is left over
    one = worked(
        network_of(architecture), architecture, places(architecture)[0], torch.rand(1, 1, 28, 28), 0, (26, 0)
    )
    assert [step.operation for step in one.further] == ["ReLU", "max pooling"]
    assert "no window" in one.further[-1].formula
