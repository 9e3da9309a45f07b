"""The PyTorch modules that layers are made of.

It imports torch, so it is imported in functions. A module of ours keeps what its constructor takes under the same
names: a generated script carries its source, and calls it with these. It has weights only in convolutions, dense
layers and batch norms of PyTorch.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn

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


Parts = Iterable[tuple[str, nn.Module | None]]


def sequence(parts: Parts) -> nn.Sequential:
    """Named modules one after the other; None is left out."""
    return nn.Sequential(OrderedDict((name, module) for name, module in parts if module is not None))


def activation(name: str) -> nn.Module | None:
    """A new activation; None of "none"."""
    make = ACTIVATIONS[name]
    return make() if make else None


def pooling(name: str, size: int) -> nn.Module | None:
    """A new pooling over squares of size x size; None of "none"."""
    make = POOLS[name]
    return make(size) if make else None


def dropout(probability: float) -> nn.Module | None:
    """A new dropout; None of 0."""
    return SeededDropout(probability) if probability > 0 else None
