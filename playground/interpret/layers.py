"""Places in a network where one can look: what leaves each of its modules, and its weights as pictures.

A network that evaluates does what follows a convolution in one (`network.fused`), so nothing between is seen. Here
its modules are run one by one. A place is a row of the layer table (`network.plan.places`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from playground.experiment.architecture import Architecture
from playground.experiment.modules import Residual
from playground.network.module_types import type_of
from playground.network.plan import LayerRow, places

Modules = Iterator[tuple[str, Tensor]]


def walk(network: nn.Module, values: Tensor, within: str = "") -> Modules:
    """Run a network module by module.

    Args:
        network: A sequence of modules; residual blocks and sequences in it are walked through.
        values: Its input, [n, ...].
        within: What the names begin with.

    Yields:
        The name of a module in the network and what leaves it, [n, ...]; a residual block after its branch.
    """
    for name, module in network.named_children():
        path = f"{within}{name}"
        if isinstance(module, Residual):
            for inner, after in walk(module.branch, values, f"{path}.branch."):
                yield inner, after
            values = values + after
            yield path, values
        elif isinstance(module, nn.Sequential):
            for inner, after in walk(module, values, f"{path}."):
                yield inner, after
            values = after
        else:
            values = module(values)
            yield path, values


def outputs(network: nn.Module, values: Tensor) -> dict[str, Tensor]:
    """What leaves every module, by its name in the network."""
    return dict(walk(network, values))


def output_at(network: nn.Module, place: LayerRow, values: Tensor) -> Tensor:
    """What leaves a place, [n, ...]; what comes after it is not computed."""
    return next(after for name, after in walk(network, values) if name == place.modules[-1])


def stages(architecture: Architecture) -> tuple[LayerRow, ...]:
    """The places at which a layer ends, one each: `conv1`, `residual2`, ..., `output`."""
    last = {row.stage: row for row in places(architecture)}
    return tuple(last.values())


def own_weights(network: nn.Module, place: LayerRow) -> nn.Conv2d | nn.Linear | None:
    """The convolution or dense layer of a place; None where it has none."""
    module = network.get_submodule(place.modules[0])
    return module if isinstance(module, nn.Conv2d | nn.Linear) else None


def weight_pictures(network: nn.Module, architecture: Architecture, place: LayerRow) -> Tensor | None:
    """The weights of a place as pictures, float32 [outputs, inputs, h, w]; None where it has none.

    A convolution's are its kernels. Those of a dense layer behind a flattened map have the map's shape: behind the
    bare image they are 28 x 28. Another dense layer's have one row of [1, 1, inputs] for each unit.
    """
    module = own_weights(network, place)
    if module is None:
        return None
    weight = module.weight.detach()
    if isinstance(module, nn.Conv2d):
        return weight
    rows = places(architecture)
    before = rows[rows.index(place) - 1]
    if before.operation == "flatten":
        return weight.reshape(len(weight), *before.input_shape)
    return weight[:, None, None, :]


def per_channel(values: Tensor) -> Tensor:
    """Maps [n, c, h, w] or units [n, c] as [n, c, positions]."""
    return values.flatten(2) if values.dim() == 4 else values[:, :, None]


@dataclass(frozen=True)
class Window:
    """A part of the image, ends inside, in pixels from its top left corner."""

    top: int
    left: int
    bottom: int
    right: int


def seen_by(
    network: nn.Module, architecture: Architecture, place: LayerRow, row: int, column: int
) -> Window | None:
    """The part of the image that one value of a feature map depends on; None for a unit, or all in padding.

    After Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks".
    """
    if len(place.output_shape) != 3:
        return None
    rows = places(architecture)
    down, across = {row}, {column}
    for each in reversed(rows[: rows.index(place) + 1]):  # a residual block's branch has rows of its own before it
        module = network.get_submodule(each.modules[0])  # only the first module of a row moves anything
        kernel, stride, padding = type_of(module).reach(module)
        size = each.input_shape[-1]  # what lies beyond it is padding
        down, across = (
            {at * stride - padding + tap for at in axis for tap in range(kernel)} & set(range(size))
            for axis in (down, across)
        )
    return Window(min(down), min(across), max(down), max(across)) if down and across else None
