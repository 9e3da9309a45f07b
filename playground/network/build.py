"""From an architecture to a PyTorch network, with initial weights from a generator of its own."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn

from playground.data.classes import CLASS_NAMES, SIDE
from playground.errors import ArchitectureError
from playground.experiment.architecture import Architecture
from playground.experiment.layers import Maps
from playground.experiment.modules import SeededDropout, sequence
from playground.network.fused import Tail, can_fuse, tail_of


class GlobalPool(nn.Module):
    """One number a feature map: its mean or its maximum."""

    def __init__(self, reduce: str) -> None:
        super().__init__()
        self.reduce = reduce

    def forward(self, maps: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, c]."""
        return maps.mean(dim=(2, 3)) if self.reduce == "average" else maps.amax(dim=(2, 3))


READOUTS: Mapping[str, Callable[[], nn.Module]] = {
    "flatten": nn.Flatten,
    "average": lambda: GlobalPool("average"),
    "maximum": lambda: GlobalPool("maximum"),
}


class Sequence(nn.Sequential):
    """Modules one after the other; what follows a convolution is done in one where that pays."""

    def __init__(self, modules: OrderedDict[str, nn.Module]) -> None:
        super().__init__(modules)
        self.steps = tuple(_steps(list(modules.values())))

    def forward(self, values: Tensor) -> Tensor:
        """[n, ...] -> [n, ...]."""
        for module, tail, behind in self.steps:
            values = module(values)
            if tail is not None and self.training == torch.is_grad_enabled() and can_fuse(values):
                values = tail.trained(values) if self.training else tail.evaluated(values)
            else:
                for each in behind:
                    values = each(values)
        return values


def _steps(modules: list[nn.Module]) -> Iterator[tuple[nn.Module, Tail | None, tuple[nn.Module, ...]]]:
    """Each module; behind a convolution the tail that its next modules come to, and these modules."""
    position = 0
    while position < len(modules):
        module = modules[position]
        tail, length = tail_of(modules[position + 1 :]) if isinstance(module, nn.Conv2d) else (None, 0)
        yield module, tail, tuple(modules[position + 1 : position + 1 + length])
        position += 1 + length


def _fused(sequence: nn.Sequential) -> Sequence:
    """The same modules; this sequence, and all in it, do in one what follows a convolution."""
    for module in sequence.modules():
        for name, child in module.named_children():
            if type(child) is nn.Sequential:
                setattr(module, name, _fused(child))
    return Sequence(OrderedDict(sequence.named_children()))


def blueprint(architecture: Architecture) -> nn.Sequential:
    """The network on the meta device: every module and shape, no memory.

    Its stages are named `input_norm`, `conv1`, `residual2`, ..., `readout`, `dense1`, ..., `output`.

    Raises:
        ArchitectureError: The layers do not fit; the sentence names the layer and the remedy.
    """
    with torch.device("meta"):
        parts: list[tuple[str, nn.Module | None]] = [
            ("input_norm", nn.BatchNorm2d(1) if architecture.input_batch_norm else None)
        ]
        maps = Maps(channels=1, side=SIDE)
        for name, layer in architecture.stages.items():
            try:
                module, maps = layer.build(maps)
            except ArchitectureError as error:
                raise ArchitectureError(f"{name}: {error}") from error
            parts.append((name, module))  # [n, channels, side, side]
        parts.append(("readout", READOUTS[architecture.readout]()))  # [n, features]
        features = maps.channels * (maps.side**2 if architecture.readout == "flatten" else 1)
        for number, dense in enumerate(architecture.hidden, 1):
            parts.append((f"dense{number}", dense.build(features)))  # [n, units]
            features = dense.units
        output = nn.Linear(features, len(CLASS_NAMES), bias=architecture.output_bias)
        return _fused(sequence([*parts, ("output", output)]))  # [n, 10]


def build_network(
    architecture: Architecture, weights: torch.Generator, dropout: torch.Generator | None = None
) -> nn.Sequential:
    """A network on the CPU with initial weights drawn from `weights`, never from the process-wide generator.

    Input [n, 1, 28, 28] scaled pixels; output [n, 10] class scores (logits). The weights have PyTorch's own
    initial distribution: uniform in +-1/sqrt(fan-in). `dropout` is the generator of the dropout masks.

    Raises:
        ArchitectureError: The layers do not fit.
    """
    network = blueprint(architecture).to_empty(device="cpu")
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            _initialise(module, weights)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.reset_parameters()  # ones and zeros: nothing random
        elif isinstance(module, SeededDropout):
            module.generator = dropout
    return network


def _initialise(module: nn.Conv2d | nn.Linear, generator: torch.Generator) -> None:
    bound = 1 / math.sqrt(module.weight[0].numel())
    with torch.no_grad():
        module.weight.uniform_(-bound, bound, generator=generator)
        if module.bias is not None:
            module.bias.uniform_(-bound, bound, generator=generator)
