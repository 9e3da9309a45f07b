"""What goes on in a network's layers: activations and gradients on a sample of images, for one set of weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from playground.data.images import Images, scale
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import DataChoice
from playground.interpret.layers import per_channel, walk
from playground.network.plan import LayerRow, places

Channels = NDArray[np.float64]  # one number a channel


@dataclass(frozen=True, eq=False)
class PlaceActivity:
    """The values that leave a place, channel by channel, over all images and positions.

    Attributes:
        mean, deviation: float64 [c]; the deviation is that of all values, not of a sample of them.
        zeros: Share of values that are exactly 0, float64 [c].
        largest: float64 [c].
        all_mean, all_deviation, all_zeros: The same over all channels together.
    """

    place: LayerRow
    mean: Channels
    deviation: Channels
    zeros: Channels
    largest: Channels
    all_mean: float
    all_deviation: float
    all_zeros: float


@dataclass(frozen=True, eq=False)
class Activity:
    """A network at one moment.

    Attributes:
        places: Those that end in an activation, and the class scores.
        gradients: L2 norm of the gradient of the mean loss with respect to a layer's weights, by layer.
        weights: L2 norm of these weights.
        loss: Mean cross-entropy on the images, nats an image.
        images: How many.
    """

    places: tuple[PlaceActivity, ...]
    gradients: Mapping[str, float]
    weights: Mapping[str, float]
    loss: float
    images: int

    def dead(self) -> dict[LayerRow, tuple[int, ...]]:
        """Channels behind a ReLU that are 0 in every position of every image, by place; only places with some."""
        return {
            each.place: tuple(np.flatnonzero(each.zeros == 1.0).tolist())
            for each in self.places
            if "ReLU" in each.place.operation.split(", ") and (each.zeros == 1.0).any()
        }


def watched_places(architecture: Architecture) -> tuple[LayerRow, ...]:
    """The places whose row ends in an activation (of the network's registry), and the class scores."""
    rows = places(architecture)
    return (*(row for row in rows[:-1] if any(_is_activation(name) for name in row.modules)), rows[-1])


def _is_activation(name: str) -> bool:
    return name.split(".")[-1].startswith("activation")


def activity(
    network: nn.Sequential, architecture: Architecture, images: Images, choice: DataChoice, batch: int
) -> Activity:
    """Measure a network in evaluation mode: batch norm with its running statistics, nothing dropped.

    The network is left as it is: gradients are handed out, not added to its parameters.
    """
    wanted = {row.modules[-1]: row for row in watched_places(architecture)}
    sums = {name: _Sums(row.output_shape[0]) for name, row in wanted.items()}
    parameters = dict(network.named_parameters())
    gradients = {name: torch.zeros_like(each) for name, each in parameters.items()}
    loss = 0.0
    for pixels, labels in zip(torch.split(images.pixels, batch), torch.split(images.labels, batch), strict=True):
        with torch.enable_grad():
            for name, after in walk(network, scale(pixels, choice.scaling)):
                if name in sums:
                    sums[name].add(per_channel(after.detach()))
            total = functional.cross_entropy(after, labels, reduction="sum")
            found = torch.autograd.grad(total, list(parameters.values()))
        for each, more in zip(gradients.values(), found, strict=True):
            each += more / len(images)
        loss += total.item() / len(images)
    return Activity(
        places=tuple(sums[name].result(row) for name, row in wanted.items()),
        gradients=_norms(gradients),
        weights=_norms({name: each.detach() for name, each in parameters.items()}),
        loss=loss,
        images=len(images),
    )


def _norms(tensors: Mapping[str, Tensor]) -> dict[str, float]:
    squares: dict[str, float] = {}
    for name, each in tensors.items():
        layer = name.split(".")[0]
        squares[layer] = squares.get(layer, 0.0) + float(each.double().square().sum())
    return {layer: square**0.5 for layer, square in squares.items()}


class _Sums:
    """Sums over batches, in float64."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self.sum, self.squares, self.zeros = (torch.zeros(channels, dtype=torch.float64) for _ in range(3))
        self.largest = torch.full((channels,), -torch.inf, dtype=torch.float64)

    def add(self, values: Tensor) -> None:
        """[n, c, positions]."""
        wide = values.double()
        self.count += values.shape[0] * values.shape[2]
        self.sum += wide.sum((0, 2))
        self.squares += wide.square().sum((0, 2))
        self.zeros += (values == 0).sum((0, 2))
        self.largest = torch.maximum(self.largest, wide.amax((0, 2)))

    def result(self, place: LayerRow) -> PlaceActivity:
        mean, square, zeros = (each / self.count for each in (self.sum, self.squares, self.zeros))
        deviation = (square - mean.square()).clamp(min=0).sqrt()
        everything = float(mean.mean())
        return PlaceActivity(
            place=place,
            mean=mean.numpy(),
            deviation=deviation.numpy(),
            zeros=zeros.numpy(),
            largest=self.largest.numpy(),
            all_mean=everything,
            all_deviation=max(0.0, float(square.mean()) - everything**2) ** 0.5,
            all_zeros=float(zeros.mean()),
        )
