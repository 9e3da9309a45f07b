"""One value of a network worked out on paper: patch times kernel plus bias, and what its layer does with the sum.

Every step is done once more in float64 from the numbers that it says it uses. What the network itself has there
stands beside it, so that each can be checked against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.errors import RunError
from playground.experiment.architecture import Architecture
from playground.experiment.modules import Residual, SeededDropout
from playground.interpret.layers import outputs, own_weights
from playground.network.module_types import Position, Value, padding_before, signed, type_of
from playground.network.plan import LayerRow, places


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
    start = Value(value, channel, position, found[name])
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
    at: Value,
    found: Mapping[str, NDArray[np.float64]],
    image: Tensor,
) -> list[TraceStep]:
    """The steps behind a sum, up to the end of its layer or its block's next convolution."""
    steps: list[TraceStep] = []
    for name in _following(network, architecture, place):
        module = network.get_submodule(name)
        if isinstance(module, SeededDropout):  # does nothing in evaluation
            continue
        known = type_of(module)
        if isinstance(module, Residual):
            into = _entering(architecture, place, found, image)
            operation, formula, value, position = _added(at, into)
        elif known.step:
            operation, (formula, value, position) = known.name or type(module).__name__, known.step(module, at)
        else:
            break
        if not _is_in(found[name], at.channel, position):
            steps.append(
                TraceStep(operation, "no window of the pooling reaches this value", value, value, position)
            )
            break
        own = float(found[name][(at.channel, *position)])
        steps.append(TraceStep(operation, formula, value, own, position))
        at = Value(value, at.channel, position, found[name])
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


def _added(at: Value, into: NDArray[np.float64]) -> tuple[str, str, float, Position]:
    x = float(into[(at.channel, *at.position)])
    return "residual block: x + branch(x)", f"{x:.4g} + {signed(at.value)}", x + at.value, at.position
