"""Networks: their modules, initial weights, dropout."""

import math
from contextlib import suppress

import pytest
import torch
from small import SHAKEN, TINY, random_architecture
from torch import nn

from playground.errors import ArchitectureError
from playground.experiment.experiment import Experiment
from playground.experiment.layers import output_side
from playground.experiment.modules import Residual, SeededDropout
from playground.experiment.presets import PRESETS
from playground.network.build import GlobalPool, blueprint, build_network


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def built(**architecture: object) -> nn.Sequential:
    return build_network(Experiment.parse({"architecture": architecture}).architecture, seeded())


def names(network: nn.Sequential) -> list[str]:
    return [name for name, _ in network.named_children()]


class TestModules:
    def test_their_names_and_order(self) -> None:
        conv = {"kind": "conv", "batch_norm": True, "pool": "max", "dropout": 0.1}
        network = built(input_batch_norm=True, layers=[conv, {"kind": "residual"}], hidden=[{}])
        assert names(network) == ["input_norm", "conv1", "residual2", "readout", "dense1", "output"]
        assert names(network.get_submodule("conv1")) == ["conv", "norm", "activation", "pool", "dropout"]  # type: ignore[arg-type]

    def test_pooling_may_come_first(self) -> None:
        conv = {"kind": "conv", "batch_norm": True, "pool": "max", "pool_first": True}
        assert names(built(layers=[conv]).get_submodule("conv1")) == ["conv", "pool", "norm", "activation"]  # type: ignore[arg-type]

    def test_a_residual_block_adds_its_input(self) -> None:
        maps = torch.rand(2, 3, 5, 5)
        assert torch.equal(Residual(nn.Identity())(maps), 2 * maps)

    @pytest.mark.parametrize(("reduce", "expected"), [("average", 1.5), ("maximum", 3.0)])
    def test_a_global_pool_leaves_one_number_a_map(self, reduce: str, expected: float) -> None:
        maps = torch.arange(4.0).reshape(1, 1, 2, 2).repeat(2, 3, 1, 1)
        assert torch.equal(GlobalPool(reduce)(maps), torch.full((2, 3), expected))

    @pytest.mark.parametrize(
        ("arguments", "side"),
        [((28, 5), 24), ((28, 5, 1, 2), 28), ((28, 3, 2, 1), 14), ((28, 4, 1, "same"), 28), ((3, 5), -1)],
    )
    def test_the_size_rule(self, arguments: tuple[int, ...], side: int) -> None:
        assert output_side(*arguments) == side


class TestInitialWeights:
    def test_the_same_generator_gives_the_same_weights(self) -> None:
        one, other, third = (build_network(SHAKEN.architecture, seeded(s)).state_dict() for s in (1, 1, 2))
        assert all(torch.equal(one[name], other[name]) for name in one)
        assert not torch.equal(one["conv1.conv.weight"], third["conv1.conv.weight"])

    def test_the_process_wide_generator_is_left_alone(self) -> None:
        before = torch.get_rng_state()
        for preset in PRESETS.values():
            build_network(preset.experiment.architecture, seeded())
        assert torch.equal(torch.get_rng_state(), before)

    def test_they_are_spread_as_those_of_pytorch(self) -> None:
        network = built(layers=[{"kind": "conv", "channels": 64, "kernel": 5}], hidden=[{"units": 20}])
        torch.manual_seed(0)
        theirs = {"conv1.conv": nn.Conv2d(1, 64, 5), "dense1.linear": nn.Linear(64 * 784, 20)}
        for name, reference in theirs.items():
            ours = network.get_submodule(name)
            for part in ("weight", "bias"):
                mine, yours = getattr(ours, part).detach(), getattr(reference, part).detach()
                bound = 1 / math.sqrt(reference.weight[0].numel())
                assert mine.abs().max() <= bound
                assert mine.abs().max() > 0.8 * bound
                assert float(mine.std()) == pytest.approx(float(yours.std()), rel=0.4)

    def test_batch_norm_begins_with_ones_and_zeros(self) -> None:
        norm = built(input_batch_norm=True).get_submodule("input_norm")
        state = {name: value.tolist() for name, value in norm.state_dict().items()}
        expected = {"weight": [1], "bias": [0], "running_mean": [0], "running_var": [1], "num_batches_tracked": 0}
        assert state == expected

    def test_none_is_left_unset(self) -> None:
        for seed in range(30):
            with suppress(ArchitectureError):
                state = build_network(random_architecture(seed), seeded()).state_dict()
                assert all(value.abs().max() <= 1 for value in state.values())  # nan is not


class TestDropout:
    def test_it_drops_its_share_and_scales_the_rest(self) -> None:
        dropout = SeededDropout(0.25)
        dropout.generator = seeded()
        values = dropout(torch.ones(100_000))
        assert values.unique().tolist() == [0, pytest.approx(1 / 0.75)]
        assert (values == 0).float().mean() == pytest.approx(0.25, abs=0.01)

    def test_nothing_is_dropped_when_evaluating(self) -> None:
        dropout = SeededDropout(0.5).eval()
        dropout.generator = seeded()
        assert torch.equal(dropout(torch.ones(10)), torch.ones(10))

    def test_its_masks_come_from_its_generator_alone(self) -> None:
        def masks(disturb: bool) -> torch.Tensor:
            network = build_network(SHAKEN.architecture, seeded(), seeded(5)).train()
            if disturb:
                torch.rand(3)
            return network(torch.ones(4, 1, 28, 28))  # type: ignore[no-any-return]

        assert torch.equal(masks(False), masks(True))


def test_the_blueprint_takes_no_memory() -> None:
    assert all(parameter.is_meta for parameter in blueprint(TINY.architecture).parameters())
