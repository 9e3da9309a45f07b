"""The plan of a network, held against the network itself."""

import re
import resource
import tracemalloc
from typing import Any

import pytest
import torch
from small import TINY, random_architecture, tiny
from torch.utils.flop_counter import FlopCounterMode

from playground.errors import ArchitectureError, ExperimentError
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.network.build import build_network
from playground.network.plan import check, plan


def sentence(architecture: dict[str, Any], **training: Any) -> str:
    with pytest.raises(ArchitectureError) as caught:
        check(Experiment.parse({"architecture": architecture, "training": training}))
    return str(caught.value)


def conv(**settings: Any) -> dict[str, Any]:
    return {"kind": "conv", **settings}


def agree(architecture: Architecture) -> None:
    """The plan says what the real network does with two real images."""
    planned = plan(architecture)
    network = build_network(architecture, torch.Generator()).eval()
    values = torch.rand(2, 1, 28, 28)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        for stage, module in network.named_children():
            rows = [row for row in planned.rows if row.stage == stage]
            assert rows[0].input_shape == values.shape[1:]
            values = module(values)
            assert rows[-1].output_shape == values.shape[1:]
            assert sum(row.parameters for row in rows) == sum(p.numel() for p in module.parameters())
    assert values.shape == (2, 10)
    assert planned.parameters == sum(p.numel() for p in network.parameters())
    assert counter.get_total_flops() == 2 * 2 * planned.multiply_adds  # two images, two operations each


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_as_planned(name: str) -> None:
    agree(PRESETS[name].experiment.architecture)


def test_random_architectures_are_as_planned_or_refused() -> None:
    refused = []
    for seed in range(80):
        architecture = random_architecture(seed)
        try:
            plan(architecture)
        except ArchitectureError as error:
            refused.append(str(error))
            with pytest.raises(ArchitectureError):
                build_network(architecture, torch.Generator())
        else:
            agree(architecture)
    assert 5 <= len(refused) <= 40
    assert all(re.match(r"conv\d: .*\. (Use|Switch) ", said) for said in refused)


class TestReceptiveField:
    @pytest.mark.parametrize(
        "layers",
        [
            [conv(kernel=5, padding=2)],
            [conv(kernel=3, pool="average"), conv(kernel=3, padding=0)],
            [conv(kernel=5, stride=2, padding=2), conv(kernel=3, stride=2, padding=1), conv(kernel=2, padding=0)],
            [conv(kernel=4), {"kind": "residual", "convolutions": 3, "kernel": 5, "batch_norm": False}],
            [conv(kernel=2, pool="average", pool_size=3, pool_first=True), conv(kernel=1), conv(kernel=3)],
        ],
    )
    def test_it_is_what_one_value_depends_on(self, layers: list[dict[str, Any]]) -> None:
        layers = [{**layer, "activation": "none"} for layer in layers]
        architecture = Experiment.parse({"architecture": {"layers": layers}}).architecture
        network = build_network(architecture, torch.Generator())
        spatial = network[: len(layers)]
        for parameter in spatial.parameters():
            torch.nn.init.ones_(parameter)
        picture = torch.ones(1, 1, 150, 150, requires_grad=True)  # far from every edge
        maps = spatial(picture)
        maps[0, 0, maps.shape[2] // 2, maps.shape[3] // 2].backward()
        assert picture.grad is not None
        seen = torch.nonzero(picture.grad[0, 0])
        sides = (seen.max(0).values - seen.min(0).values + 1).tolist()
        predicted = [row.receptive_field for row in plan(architecture).rows if row.receptive_field][-1]
        assert sides == [predicted, predicted]

    def test_there_is_none_behind_the_readout(self) -> None:
        assert [row.receptive_field for row in plan(TINY.architecture).rows] == [5, 8, None, None]


class TestSizeRule:
    def test_it_is_worked_out(self) -> None:
        layers = [conv(kernel=5, padding=2, pool="max"), conv(kernel=3, stride=2, padding=1), conv(kernel=3)]
        architecture = Experiment.parse({"architecture": {"layers": layers}}).architecture
        assert [row.size_rule for row in plan(architecture).rows] == [
            "28 + 2·2 − 5 + 1 = 28",
            "(28 − 2) / 2 + 1 = 14",
            "(14 + 2·1 − 3) / 2 + 1 = 7",
            "7 + 2·1 − 3 + 1 = 7",
            "16 · 7 · 7 = 784",
            "",
        ]

    @pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 28])
    def test_same_padding_is_what_pytorch_adds(self, kernel: int) -> None:
        layer = torch.nn.Conv2d(1, 1, kernel, padding="same")
        before, behind = layer._reversed_padding_repeated_twice[:2]
        row = plan(Experiment.parse({"architecture": {"layers": [conv(kernel=kernel)]}}).architecture).rows[0]
        added = f"2·{before}" if before == behind else f"({before} + {behind})"
        assert row.size_rule == f"28 + {added} − {kernel} + 1 = 28"
        assert (f"({before} before, {behind} behind)" in row.operation) == (kernel % 2 == 0)

    def test_a_residual_block_has_the_rule_of_each_of_its_convolutions(self) -> None:
        layers = [conv(), {"kind": "residual", "convolutions": 3, "kernel": 5}]
        rows = plan(Experiment.parse({"architecture": {"layers": layers}}).architecture).rows
        assert rows[1].size_rule == "28 + 2·2 − 5 + 1 = 28"

    def test_every_sum_comes_out_right(self) -> None:
        for seed in range(40):
            try:
                rows = plan(random_architecture(seed)).rows
            except ArchitectureError:
                continue
            for row in rows:
                sum_, equals, result = row.size_rule.partition(" = ")
                if equals and row.stage != "readout":
                    python = sum_.replace("·", "*").replace("−", "-").replace("/", "//")
                    assert eval(python) == int(result) == row.output_shape[-1]


class TestRefusals:
    def test_a_kernel_that_does_not_fit(self) -> None:
        said = sentence({"layers": [conv(kernel=3, pool="max", pool_size=14), conv(kernel=5, padding=1)]})
        assert said.startswith("conv2: a 5x5 kernel does not fit into a 2x2 map with padding 1.")
        assert 'Use padding "same", a kernel of at most 4' in said

    def test_a_map_pooled_to_nothing(self) -> None:
        said = sentence({"layers": [conv(pool="max", pool_size=14), conv(pool="max", pool_size=3)]})
        assert said.startswith("conv2: pooling 3x3 shrinks a 2x2 map to nothing. Switch the pooling off")

    def test_same_padding_with_a_stride(self) -> None:
        said = sentence({"layers": [conv(), conv(kernel=5, stride=2)]})
        assert said.startswith('conv2: "same" padding needs stride 1, and the stride is 2.')
        assert "Use padding 2, which gives 28 -> 14, or stride 1." in said

    def test_its_remedies_work(self) -> None:
        check(Experiment.parse({"architecture": {"layers": [conv(), conv(kernel=5, stride=2, padding=2)]}}))

    def test_three_billion_parameters(self) -> None:
        said = sentence({"hidden": [{"units": 65_536}, {"units": 45_000}]})
        assert said.startswith("dense1: brings the network to 51,445,760 parameters, and at most 20,000,000")
        assert "Use fewer channels or units" in said
        assert sentence({"hidden": [{"units": 100}, {"units": 65_536}, {"units": 65_536}]}).startswith("dense3")

    def test_too_many_multiply_adds(self) -> None:
        said = sentence({"layers": [conv(channels=1000, kernel=1), conv(channels=1000)]})
        assert said.startswith("conv2: brings the network to")
        assert "multiply-adds an image" in said

    def test_nothing_is_allocated_for_the_most_absurd(self) -> None:
        absurd = {"layers": [conv(channels=4096, padding=14, kernel=1)] * 24, "hidden": [{"units": 65_536}] * 8}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes
        tracemalloc.start()
        sentence(absurd)
        sentence({"hidden": [{"units": 65_536}] * 8})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20e6
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000

    def test_a_batch_that_is_too_large(self) -> None:
        said = sentence({"layers": [conv(channels=256, batch_norm=True)] * 2}, batch_size=8192)
        assert said.startswith("A batch of 8,192 images needs about")
        assert "the largest maps are those of conv1" in said
        most = int(said.partition("at most ")[2].partition(", or")[0].replace(",", ""))
        layers = [conv(channels=256, batch_norm=True)] * 2
        check(Experiment.parse({"architecture": {"layers": layers}, "training": {"batch_size": most}}))
        sentence({"layers": layers}, batch_size=most + 1)

    def test_one_image_that_is_too_large_is_not_told_to_use_fewer_images(self) -> None:
        wide = conv(channels=4096, kernel=1, padding=14, dropout=0.5)
        narrow = conv(channels=1, kernel=1, padding=14)
        said = sentence({"layers": [wide, narrow] * 7, "readout": "average"}, batch_size=1)
        assert said.startswith("A batch of 1 image needs about")
        assert said.endswith("Use fewer channels there.")

    @pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
    def test_a_device_that_is_not_there(self, few: Any) -> None:
        from playground.training.engine import train

        with pytest.raises(ExperimentError, match=r'training.device: "cuda" is not in this machine.*Use "auto"'):
            next(train(tiny(device="cuda"), few, lambda: 0.0))
