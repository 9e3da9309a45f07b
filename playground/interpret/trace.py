"""One value of a network worked out on paper: patch times kernel plus bias, and what its layer does with the sum.

Every step is done once more in float64 from the numbers that it says it uses. What the network itself has there
stands beside it, so that each can be checked against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.errors import RunError
from playground.experiment.architecture import Architecture
from playground.experiment.modules import ACTIVATIONS, Residual, SeededDropout
from playground.interpret.layers import outputs, own_weights, padding_before
from playground.network.plan import LayerRow, places

Position = tuple[int, ...]  # (row, column) in a map; () of a unit


@dataclass(frozen=True)
class TraceStep:
    """A step after the sum.

    Attributes:
        operation: What is done: "batch norm".
        formula: The same with this value's numbers.
        value: What comes out.
        network: What the network has there.
        position: Where in the map it lies now.
    """

    operation: str
    formula: str
    value: float
    network: float
    position: Position


@dataclass(frozen=True, eq=False)
class ActivationTrace:
    """One output value of a convolution or dense layer.

    Attributes:
        patch, kernel: What is multiplied with what, float64 [inputs, k, k]; of a dense layer [inputs, 1, 1].
        corner: Row and column of the patch's first value in the map before it; below 0 in its padding.
        bias: 0 where the layer has none; `has_bias` says which.
        value: The sum of all products, plus the bias.
        network: What the network has there.
        further: What is done with it up to the end of its layer, as far as it gets.
    """

    patch: NDArray[np.float64]
    kernel: NDArray[np.float64]
    corner: tuple[int, int]
    bias: float
    has_bias: bool
    value: float
    network: float
    further: tuple[TraceStep, ...]

    @property
    def products(self) -> NDArray[np.float64]:
        """Patch times kernel, as these."""
        return self.patch * self.kernel


@dataclass(frozen=True, eq=False)
class _At:
    """One value on its way: its channel, its place, and the whole map that it is in, float64 [c, h, w]."""

    value: float
    channel: int
    position: Position
    map: NDArray[np.float64]


@torch.no_grad()
def worked(
    network: nn.Module,
    architecture: Architecture,
    place: LayerRow,
    image: Tensor,
    channel: int,
    position: Position,
) -> ActivationTrace:
    """Work out one value that leaves the convolution or dense layer of a place.

    Args:
        network: In evaluation mode.
        place: One whose first module is a convolution or a dense layer.
        image: One scaled image, float32 [1, 1, 28, 28].
        channel: Which feature map, or which unit.
        position: Row and column of the value in its map, before any pooling; () for a unit.

    Raises:
        RunError: There is no such value.
    """
    module = own_weights(network, place)
    name = place.modules[0]
    found = {key: values[0].double().numpy() for key, values in outputs(network, image).items()}
    if module is None or not _is_in(found[name], channel, position):
        raise RunError(f"There is no value at channel {channel}, {position} of {place.stage}: {place.operation}.")
    before = _before(architecture, place, found, image)
    corner, patch = _patch(module, before, position)
    kernel = module.weight[channel].double().numpy().reshape(patch.shape)
    bias = float(module.bias[channel]) if module.bias is not None else 0.0
    value = float((patch * kernel).sum()) + bias
    start = _At(value, channel, position, found[name])
    further = tuple(_further(network, architecture, place, start, found, image))
    own = float(found[name][(channel, *position)])
    return ActivationTrace(patch, kernel, corner, bias, module.bias is not None, value, own, further)


def _is_in(values: NDArray[np.float64], channel: int, position: Position) -> bool:
    at = (channel, *position)
    return len(at) == values.ndim and all(0 <= one < size for one, size in zip(at, values.shape, strict=True))


def _before(
    architecture: Architecture, place: LayerRow, found: Mapping[str, NDArray[np.float64]], image: Tensor
) -> NDArray[np.float64]:
    """What enters a place."""
    rows = places(architecture)
    at = rows.index(place)
    return found[rows[at - 1].modules[-1]] if at else image[0].double().numpy()


def _patch(
    module: nn.Conv2d | nn.Linear, before: NDArray[np.float64], position: Position
) -> tuple[tuple[int, int], NDArray[np.float64]]:
    """The values that are multiplied, and where the first of them lies; zeros stand for the padding."""
    if isinstance(module, nn.Linear):
        return (0, 0), before.reshape(-1, 1, 1)
    size, stride, padding = module.kernel_size[0], module.stride[0], padding_before(module)
    top, left = (each * stride - padding for each in position)
    patch = np.zeros((before.shape[0], size, size))
    rows, columns = np.arange(top, top + size), np.arange(left, left + size)
    ins = (rows >= 0) & (rows < before.shape[1]), (columns >= 0) & (columns < before.shape[2])
    patch[np.ix_(np.arange(len(patch)), *(np.flatnonzero(each) for each in ins))] = before[
        np.ix_(np.arange(len(before)), rows[ins[0]], columns[ins[1]])
    ]
    return (int(top), int(left)), patch


def _further(
    network: nn.Module,
    architecture: Architecture,
    place: LayerRow,
    at: _At,
    found: Mapping[str, NDArray[np.float64]],
    image: Tensor,
) -> list[TraceStep]:
    """The steps behind a sum, up to the end of its layer or its block's next convolution."""
    steps: list[TraceStep] = []
    for name in _following(network, architecture, place):
        module = network.get_submodule(name)
        if isinstance(module, SeededDropout):  # does nothing in evaluation
            continue
        if not isinstance(module, Residual) and type(module) not in _STEPS:
            break
        if isinstance(module, Residual):
            into = _entering(architecture, place, found, image)
            operation, formula, value, position = _added(at, into)
        else:
            operation, (formula, value, position) = _NAMES[type(module)], _STEPS[type(module)](module, at)
        if not _is_in(found[name], at.channel, position):
            steps.append(
                TraceStep(operation, "no window of the pooling reaches this value", value, value, position)
            )
            break
        own = float(found[name][(at.channel, *position)])
        steps.append(TraceStep(operation, formula, value, own, position))
        at = _At(value, at.channel, position, found[name])
    return steps


def _following(network: nn.Module, architecture: Architecture, place: LayerRow) -> list[str]:
    """Modules behind the first of a place, up to the end of its layer or the next one with weights of its own."""
    names = [name for row in places(architecture) if row.stage == place.stage for name in row.modules]
    behind = names[names.index(place.modules[0]) + 1 :]
    stop = next(
        (at for at, name in enumerate(behind) if isinstance(network.get_submodule(name), nn.Conv2d)), len(behind)
    )
    return behind[:stop]


def _entering(
    architecture: Architecture, place: LayerRow, found: Mapping[str, NDArray[np.float64]], image: Tensor
) -> NDArray[np.float64]:
    """What enters the residual block that a place is in."""
    first = next(row for row in places(architecture) if row.stage == place.stage)
    return _before(architecture, first, found, image)


Step = tuple[str, float, Position]


def _added(at: _At, into: NDArray[np.float64]) -> tuple[str, str, float, Position]:
    x = float(into[(at.channel, *at.position)])
    return "residual block: x + branch(x)", f"{x:.4g} + {_in(at.value)}", x + at.value, at.position


def _in(value: float) -> str:
    return f"({value:.4g})" if value < 0 else f"{value:.4g}"


def _norm(module: nn.BatchNorm1d | nn.BatchNorm2d, at: _At) -> Step:
    assert module.running_mean is not None
    assert module.running_var is not None
    each = (module.running_mean, module.running_var, module.weight, module.bias)
    mean, variance, weight, bias = (float(values[at.channel]) for values in each)
    value = (at.value - mean) / (variance + module.eps) ** 0.5 * weight + bias
    formula = f"({at.value:.4g} − {_in(mean)}) / √({variance:.4g} + {module.eps:g}) · {_in(weight)} + {_in(bias)}"
    return formula, value, at.position


def _pool(reduce: Callable[..., float], word: str) -> Callable[[nn.MaxPool2d | nn.AvgPool2d, _At], Step]:
    def step(module: nn.MaxPool2d | nn.AvgPool2d, at: _At) -> Step:
        size = int(module.kernel_size)  # type: ignore[arg-type]  # ours are square
        row, column = (each // size for each in at.position)
        window = at.map[at.channel, row * size : (row + 1) * size, column * size : (column + 1) * size]
        numbers = ", ".join(f"{each:.4g}" for each in window.flat)
        return f"{word}({numbers})", float(reduce(window)), (row, column)

    return step


def _elementwise(words: str, function: Callable[[Tensor], Tensor]) -> Callable[[nn.Module, _At], Step]:
    def step(_: nn.Module, at: _At) -> Step:
        value = float(function(torch.tensor(at.value, dtype=torch.float64)))
        return words.format(v=f"{at.value:.4g}"), value, at.position

    return step


_ELEMENTWISE: Mapping[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "relu": ("max(0, {v})", lambda v: v.clamp(min=0)),
    "leaky_relu": ("{v}, and 0.01 of it below 0", lambda v: torch.where(v > 0, v, 0.01 * v)),
    "gelu": ("v · Φ(v) at v = {v}", lambda v: v * (1 + torch.erf(v / 2**0.5)) / 2),
    "silu": ("v / (1 + e^−v) at v = {v}", lambda v: v / (1 + torch.exp(-v))),
    "tanh": ("tanh({v})", lambda v: torch.tanh(v)),
    "sigmoid": ("1 / (1 + e^−v) at v = {v}", lambda v: 1 / (1 + torch.exp(-v))),
}
_KINDS = {name: type(make()) for name, make in ACTIVATIONS.items() if make is not None}
_STEPS: Mapping[type[nn.Module], Callable[..., Step]] = {
    nn.BatchNorm1d: _norm,
    nn.BatchNorm2d: _norm,
    nn.MaxPool2d: _pool(np.max, "max"),
    nn.AvgPool2d: _pool(np.mean, "mean"),
    **{kind: _elementwise(*_ELEMENTWISE[name]) for name, kind in _KINDS.items()},
}
_NAMES: Mapping[type[nn.Module], str] = {
    nn.BatchNorm1d: "batch norm",
    nn.BatchNorm2d: "batch norm",
    nn.MaxPool2d: "max pooling",
    nn.AvgPool2d: "average pooling",
    **{kind: kind.__name__ for kind in _KINDS.values()},
}
"""As in the layer table."""
