"""A network with some of its filters muted: what it still gets right.

Its activations are computed once up to the first layer with muted filters; from there on the rest of it runs.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.data.images import scale
from playground.experiment.experiment import DataChoice
from playground.metrics.uncertainty import standard_error
from playground.network.build import Sequence

Muted = Mapping[str, tuple[int, ...]]  # channels by the layer they belong to: {"conv2": (0, 5)}

FILLS: Mapping[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "zero": ("0 everywhere", lambda maps: torch.zeros(maps.shape[1], dtype=maps.dtype)),
    "mean": ("its mean over these images", lambda maps: maps.transpose(0, 1).flatten(1).mean(1)),
}
"""What a muted filter gives instead: one number for each channel of [n, c, ...]."""


def part_of(network: nn.Sequential, first: int, end: int | None) -> Sequence:
    """Some of a network's layers, the modules themselves."""
    return Sequence(OrderedDict(list(network.named_children())[first:end])).eval()


def position_of(network: nn.Sequential, layer: str) -> int:
    """Where in a network a layer stands."""
    return [name for name, _ in network.named_children()].index(layer)


def activations(
    network: nn.Sequential, layer: str, pixels: Tensor, choice: DataChoice, batch: int
) -> Generator[float, None, Tensor]:
    """What leaves a layer for images uint8 [n, 28, 28], float32 [n, c, ...]; yields the fraction done."""
    before = part_of(network, 0, position_of(network, layer) + 1)
    found = []
    for start in range(0, len(pixels), batch):
        with torch.no_grad():
            found.append(before(scale(pixels[start : start + batch], choice.scaling)))
        yield min(1.0, (start + batch) / len(pixels))
    return torch.cat(found)


@torch.no_grad()
def ablated(network: nn.Sequential, layer: str, known: Tensor, muted: Muted, fill: str, batch: int) -> Tensor:
    """Class scores with filters muted, float32 [n, 10].

    Args:
        network: In evaluation mode.
        layer: The first one with muted filters, or one before it.
        known: What leaves that layer without any muted, [n, c, ...].
        muted: Channels of this layer and of those behind it.
        fill: One of `FILLS`.
    """
    position, values = position_of(network, layer), known
    names = [name for name, _ in network.named_children()]
    stops = [at for at in range(position, len(names)) if muted.get(names[at])]
    for at in stops:
        values = _through(network, position + 1, at + 1, values, batch)
        values, position = _with_muted(values, muted[names[at]], fill), at
    return _through(network, position + 1, None, values, batch)


def _through(network: nn.Sequential, first: int, end: int | None, values: Tensor, batch: int) -> Tensor:
    part = part_of(network, first, end)
    return torch.cat([part(chunk) for chunk in torch.split(values, batch)]) if len(part) else values


def _with_muted(values: Tensor, channels: tuple[int, ...], fill: str) -> Tensor:
    instead = FILLS[fill][1](values)
    silent = values.clone()
    for channel in channels:
        silent[:, channel] = instead[channel]
    return silent


@dataclass(frozen=True)
class AblationResult:
    """What muting did to the same images.

    Attributes:
        before, after: Accuracies, fractions.
        error: Standard error of `after`.
        change_error: Standard error of the change: the images are the same, so it is that of paired differences.
        broken, mended: Images that were right and are wrong now, and the other way round.
        moved: All images whose class is another now.
        images: How many there are.
    """

    before: float
    after: float
    error: float
    change_error: float
    broken: tuple[int, ...]
    mended: tuple[int, ...]
    moved: tuple[int, ...]
    images: int


def effect(before: Tensor, after: Tensor, labels: Tensor) -> AblationResult:
    """Compare class scores [n, 10] with and without muting."""
    was, now = before.argmax(1), after.argmax(1)
    right, still = was == labels, now == labels
    count = len(labels)
    share = float(still.double().mean())
    difference = still.double() - right.double()
    spread = float(difference.var(correction=0)) / count
    return AblationResult(
        before=float(right.double().mean()),
        after=share,
        error=standard_error(share, count),
        change_error=math.sqrt(spread),
        broken=_where(right & ~still),
        mended=_where(~right & still),
        moved=_where(was != now),
        images=count,
    )


def _where(chosen: Tensor) -> tuple[int, ...]:
    return tuple(torch.nonzero(chosen).flatten().tolist())


def one_by_one(
    network: nn.Sequential, layer: str, known: Tensor, labels: Tensor, fill: str, batch: int
) -> Generator[float, None, Tensor]:
    """The accuracy with each filter of a layer muted alone, float64 [c]; yields the fraction done."""
    found = []
    for channel in range(known.shape[1]):
        scores = ablated(network, layer, known, {layer: (channel,)}, fill, batch)
        found.append(float((scores.argmax(1) == labels).double().mean()))
        yield (channel + 1) / known.shape[1]
    return torch.tensor(found, dtype=torch.float64)
