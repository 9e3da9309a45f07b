"""What a network is before it exists: shapes, parameters, multiply-adds, receptive field, memory.

Everything comes from the real modules on the meta device, so it costs milliseconds and no memory, however
large the network would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor, nn

from playground.data.classes import SIDE
from playground.errors import ArchitectureError
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import Experiment
from playground.experiment.layers import Layer, Maps
from playground.experiment.modules import Residual, SeededDropout
from playground.network.build import blueprint
from playground.network.module_types import type_of

MOST_PARAMETERS = 20_000_000
MOST_MULTIPLY_ADDS = 5_000_000_000
MOST_MEMORY = 8 * 2**30  # bytes of activations and gradients in one training step


@dataclass(frozen=True)
class LayerRow:
    """One operation of a network, for one image.

    Attributes:
        stage: The layer it belongs to, as the network names it: `conv1`, `dense2`, `output`.
        operation: What is done, in words; element-wise steps behind it are named after it.
        input_shape, output_shape: Without the batch dimension, such as (16, 28, 28).
        parameters: Trained numbers.
        multiply_adds: Multiplications with addition in convolutions and dense layers.
        receptive_field: Side in input pixels of what one output value sees; None behind the readout.
        size_rule: The size rule worked out with this layer's numbers; empty where sizes do not change so.
        modules: The network's modules that do it, in order, by their names in it.
    """

    stage: str
    operation: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameters: int = 0
    multiply_adds: int = 0
    receptive_field: int | None = None
    size_rule: str = ""
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The rows of a network and their sums; `activations` counts all values kept for the backward pass."""

    rows: tuple[LayerRow, ...]
    parameters: int
    multiply_adds: int
    activations: int

    def training_bytes(self, batch_size: int) -> int:
        """Memory of one step: activations and their gradients in float32, weights with optimizer state."""
        return 4 * (2 * batch_size * self.activations + 4 * self.parameters)

    def largest_batch(self, memory: int) -> int:
        """The most images a step may have in so many bytes; 0 if not even one fits."""
        return max(0, (memory // 4 - 4 * self.parameters) // (2 * self.activations))


@dataclass
class _View:
    """How far one value sees, while walking through the layers (Araujo et al. 2019, "Computing Receptive
    Fields of Convolutional Neural Networks"): its side in pixels and the step between neighbours."""

    side: int = 1
    jump: int = 1

    def widen(self, kernel: int, stride: int = 1) -> None:
        self.side += (kernel - 1) * self.jump
        self.jump *= stride


def _multiply_adds(operation: nn.Module, after: Tensor) -> int:
    total = 0
    for module in operation.modules():
        if isinstance(module, nn.Conv2d):  # in a residual block every map has the side of the output
            total += module.weight[0].numel() * module.out_channels * after.shape[-1] ** 2
        elif isinstance(module, nn.Linear):
            total += module.weight.numel()
    return total


def _operations(network: nn.Sequential) -> Iterator[tuple[str, str, nn.Module]]:
    for stage, module in network.named_children():
        if isinstance(module, nn.Sequential):
            yield from ((stage, f"{stage}.{name}", operation) for name, operation in module.named_children())
        else:
            yield stage, stage, module


class _Table:
    """The rows of a network so far, and how far one value sees behind them; `layers` are those by their stages."""

    def __init__(self, layers: Mapping[str, Layer], side: int = 1) -> None:
        self.rows: list[LayerRow] = []
        self._layers, self._view = layers, _View(side)

    def enter(self, stage: str, name: str, operation: nn.Module, before: Tensor, after: Tensor) -> None:
        """Add a row for an operation, or name it behind the last one."""
        known = type_of(operation)
        if name in self._layers:
            said, rule, window = self._layers[name].row(Maps(*before.shape[1:3]))
        elif known.row:
            (said, rule), window = known.row(operation, before), known.reach(operation)[:2]
        else:
            words = str(operation) if isinstance(operation, SeededDropout) else type(operation).__name__
            last = self.rows[-1]
            self.rows[-1] = replace(last, operation=f"{last.operation}, {words}", modules=(*last.modules, name))
            return
        self._view.widen(*window)
        row = LayerRow(
            stage=stage,
            operation=said,
            input_shape=tuple(before.shape[1:]),
            output_shape=tuple(after.shape[1:]),
            parameters=sum(parameter.numel() for parameter in operation.parameters()),
            multiply_adds=_multiply_adds(operation, after),
            receptive_field=self._view.side if after.dim() == 4 else None,
            size_rule=rule,
            modules=(name,),
        )
        self.rows.append(row)


def _values(operation: nn.Module, after: Tensor) -> int:
    """Values kept for the backward pass; inside a residual block every step keeps one map."""
    inner = operation.branch if isinstance(operation, Residual) else [operation]
    return after[0].numel() * len(list(inner))  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def plan(architecture: Architecture) -> Plan:
    """Work out every layer of a network without building it.

    Raises:
        ArchitectureError: The layers do not fit, or the network is too large to train here.
    """
    network = blueprint(architecture).eval()
    values = torch.empty(1, 1, SIDE, SIDE, device="meta")
    table, activations = _Table(architecture.stages), 0
    for stage, name, operation in _operations(network):
        with torch.no_grad():
            after = operation(values)
        table.enter(stage, name, operation, values, after)
        activations += _values(operation, after)
        values = after
        _refuse_absurd(table.rows)
    rows = table.rows
    return Plan(tuple(rows), sum(r.parameters for r in rows), sum(r.multiply_adds for r in rows), activations)


@lru_cache(maxsize=64)
def places(architecture: Architecture) -> tuple[LayerRow, ...]:
    """The rows of a network's table, and before that of a residual block the rows of its branch.

    These are the places where one can look into a network: what leaves the last module of a row.

    Raises:
        ArchitectureError: As `plan`.
    """
    network = blueprint(architecture).eval()
    found: list[LayerRow] = []
    for row in plan(architecture).rows:
        block = network.get_submodule(row.modules[0])
        if isinstance(block, Residual):
            found += _branch(row, block)
        found.append(row)
    return tuple(found)


def _branch(row: LayerRow, block: Residual) -> list[LayerRow]:
    table = _Table({}, row.receptive_field or 0)
    values = torch.empty(1, *row.input_shape, device="meta")
    for name, operation in block.branch.named_children():
        with torch.no_grad():
            after = operation(values)
        table.enter(row.stage, f"{row.stage}.branch.{name}", operation, values, after)
        values = after
    return [replace(each, operation=f"branch: {each.operation}", receptive_field=None) for each in table.rows]


def _refuse_absurd(rows: list[LayerRow]) -> None:
    parameters = sum(row.parameters for row in rows)
    if parameters > MOST_PARAMETERS:
        raise ArchitectureError(
            f"{rows[-1].stage}: brings the network to {parameters:,} parameters, and at most "
            f"{MOST_PARAMETERS:,} can be trained here. "
            "Use fewer channels or units, or pool before this layer."
        )
    work = sum(row.multiply_adds for row in rows)
    if work > MOST_MULTIPLY_ADDS:
        raise ArchitectureError(
            f"{rows[-1].stage}: brings the network to {work:,} multiply-adds an image, and at most "
            f"{MOST_MULTIPLY_ADDS:,} can be trained here. Use fewer channels, or pool before this layer."
        )


def check(experiment: Experiment) -> Plan:
    """The plan of an experiment's network, refused if a training step would not fit into memory.

    Raises:
        ArchitectureError: The layers do not fit, or the network or its batch is too large.
    """
    planned = plan(experiment.architecture)
    batch = experiment.training.batch_size
    needed = planned.training_bytes(batch)
    if needed > MOST_MEMORY:
        largest = max(planned.rows, key=lambda row: torch.Size(row.output_shape).numel())
        most = planned.largest_batch(MOST_MEMORY)
        smaller = f"a batch of at most {most:,}, or " if most > 1 else ""
        raise ArchitectureError(
            f"A batch of {batch:,} image{'s' * (batch > 1)} needs about {needed / 2**30:.1f} GiB, and a step may "
            f"take {MOST_MEMORY / 2**30:.0f} GiB; the largest maps are those of {largest.stage}. "
            f"Use {smaller}fewer channels there."
        )
    return planned
