"""From an architecture to a PyTorch network, with initial weights from a generator of its own."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.data.classes import CLASS_NAMES, SIDE
from playground.errors import ArchitectureError
from playground.experiment.architecture import Architecture, ConvLayer, DenseLayer, ResidualBlock
from playground.experiment.base import Frozen
from playground.network.fused import Tail, can_fuse, tail_of

ACTIVATIONS: Mapping[str, Callable[[], nn.Module] | None] = {
    "none": None,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
POOLS: Mapping[str, Callable[[int], nn.Module] | None] = {
    "none": None,
    "max": nn.MaxPool2d,
    "average": nn.AvgPool2d,
}


class SeededDropout(nn.Module):
    """Dropout (Srivastava et al. 2014) whose mask comes from a generator of its own.

    `torch.nn.Dropout` draws from the process-wide generator, where two runs would disturb each other.
    The generator is set by `build_network`; without one (on the meta device) nothing is dropped.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability
        self.generator: torch.Generator | None = None

    def __str__(self) -> str:
        return f"dropout {self.probability:.0%}"

    def forward(self, values: Tensor) -> Tensor:
        """Zero a share of the values and scale up the rest, in training mode only."""
        if not self.training or self.generator is None:
            return values
        keep = torch.empty(values.shape, dtype=values.dtype, device=values.device)
        keep.bernoulli_(1 - self.probability, generator=self.generator)
        return values * keep / (1 - self.probability)


class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, maps: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, c, h, w]."""
        return maps + self.branch(maps)  # type: ignore[no-any-return]


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

Parts = list[tuple[str, nn.Module | None]]


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


def _sequence(parts: Parts) -> Sequence:
    return Sequence(OrderedDict((name, module) for name, module in parts if module is not None))


def _activation(name: str) -> nn.Module | None:
    make = ACTIVATIONS[name]
    return make() if make else None


@dataclass(frozen=True)
class Maps:
    """The feature maps that enter or leave a layer: `channels` of `side` x `side` pixels."""

    channels: int
    side: int

    def __str__(self) -> str:
        return f"{self.channels} x {self.side} x {self.side}"


def output_side(side: int, kernel: int, stride: int = 1, padding: int | str = 0) -> int:
    """The size rule O = (I + 2p - k) / s + 1, rounded down; below 1 the window does not fit.

    "same" keeps the size. Pooling is the same rule with p = 0 and s = k.
    """
    return side if isinstance(padding, str) else (side + 2 * padding - kernel) // stride + 1


def _conv(name: str, layer: ConvLayer, maps: Maps) -> tuple[nn.Module, Maps]:
    side = _convolved(name, layer, maps)
    if layer.pool != "none":
        side = _pooled(name, layer, side)
    make_pool = POOLS[layer.pool]
    conv = nn.Conv2d(maps.channels, layer.channels, layer.kernel, layer.stride, layer.padding, bias=layer.bias)
    pool: Parts = [("pool", make_pool(layer.pool_size) if make_pool else None)]
    rest: Parts = [
        ("norm", nn.BatchNorm2d(layer.channels) if layer.batch_norm else None),
        ("activation", _activation(layer.activation)),
    ]
    behind = [*pool, *rest] if layer.pool_first else [*rest, *pool]
    return _sequence([("conv", conv), *behind, *_dropout(layer.dropout)]), Maps(layer.channels, side)


def _convolved(name: str, layer: ConvLayer, maps: Maps) -> int:
    if layer.padding == "same" and layer.stride != 1:
        raise ArchitectureError(
            f'{name}: "same" padding needs stride 1, and the stride is {layer.stride}. '
            f"Use padding {layer.kernel // 2}, which gives {maps.side} -> "
            f"{output_side(maps.side, layer.kernel, layer.stride, layer.kernel // 2)}, or stride 1."
        )
    side = output_side(maps.side, layer.kernel, layer.stride, layer.padding)
    if side < 1:
        raise ArchitectureError(
            f"{name}: a {layer.kernel}x{layer.kernel} kernel does not fit into a {maps.side}x{maps.side} map "
            f'with padding {layer.padding}. Use padding "same", a kernel of at most '
            f"{maps.side + 2 * int(layer.padding)}, or less pooling before it."
        )
    return side


def _pooled(name: str, layer: ConvLayer, side: int) -> int:
    if side < layer.pool_size:
        raise ArchitectureError(
            f"{name}: pooling {layer.pool_size}x{layer.pool_size} shrinks a {side}x{side} map to nothing. "
            "Switch the pooling off here or in an earlier layer, or raise the padding."
        )
    return output_side(side, layer.pool_size, layer.pool_size)


def _residual(_: str, block: ResidualBlock, maps: Maps) -> tuple[nn.Module, Maps]:
    parts: Parts = []
    for number in range(1, block.convolutions + 1):
        conv = nn.Conv2d(maps.channels, maps.channels, block.kernel, padding="same", bias=not block.batch_norm)
        parts += [
            (f"conv{number}", conv),
            (f"norm{number}", nn.BatchNorm2d(maps.channels) if block.batch_norm else None),
            (f"activation{number}", _activation(block.activation)),
        ]
    return Residual(_sequence([*parts, *_dropout(block.dropout)])), maps


_BUILDERS: Mapping[type[Frozen], Callable[..., tuple[nn.Module, Maps]]] = {
    ConvLayer: _conv,
    ResidualBlock: _residual,
}


def _dense(layer: DenseLayer, inputs: int) -> nn.Module:
    return _sequence(
        [
            ("linear", nn.Linear(inputs, layer.units)),
            ("norm", nn.BatchNorm1d(layer.units) if layer.batch_norm else None),
            ("activation", _activation(layer.activation)),
            *_dropout(layer.dropout),
        ]
    )


def _dropout(probability: float) -> Parts:
    return [("dropout", SeededDropout(probability))] if probability > 0 else []


def blueprint(architecture: Architecture) -> nn.Sequential:
    """The network on the meta device: every module and shape, no memory.

    Its stages are named `input_norm`, `conv1`, `residual2`, ..., `readout`, `dense1`, ..., `output`.

    Raises:
        ArchitectureError: The layers do not fit; the sentence names the layer and the remedy.
    """
    with torch.device("meta"):
        parts: Parts = [("input_norm", nn.BatchNorm2d(1) if architecture.input_batch_norm else None)]
        maps = Maps(channels=1, side=SIDE)
        for number, layer in enumerate(architecture.layers, 1):
            name = f"{layer.kind}{number}"
            module, maps = _BUILDERS[type(layer)](name, layer, maps)
            parts.append((name, module))  # [n, channels, side, side]
        parts.append(("readout", READOUTS[architecture.readout]()))  # [n, features]
        features = maps.channels * (maps.side**2 if architecture.readout == "flatten" else 1)
        for number, dense in enumerate(architecture.hidden, 1):
            parts.append((f"dense{number}", _dense(dense, features)))  # [n, units]
            features = dense.units
        output = nn.Linear(features, len(CLASS_NAMES), bias=architecture.output_bias)
        return _sequence([*parts, ("output", output)])  # [n, 10]


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
