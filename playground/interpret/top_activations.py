"""Which images each filter of a network answers most strongly."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.data.images import scale
from playground.experiment.experiment import DataChoice
from playground.interpret.layers import output_at, per_channel
from playground.network.plan import LayerRow

TOP = 12


@dataclass(frozen=True, eq=False)
class TopImages:
    """The images with the largest values at a place, for each of its channels, largest first.

    Attributes:
        values: The largest value of each image, float32 [channels, k].
        images: Which images they are, int64 [channels, k].
        positions: Where in the map, counted row by row, int64 [channels, k]; 0 for units.
        mean: Of all values of a channel over all images, float64 [channels].
        among: Of how many images.
    """

    values: Tensor
    images: Tensor
    positions: Tensor
    mean: Tensor
    among: int


def top_images(
    network: nn.Module, place: LayerRow, pixels: Tensor, choice: DataChoice, batch: int, count: int = TOP
) -> Generator[float, None, TopImages]:
    """Look through images, uint8 [n, 28, 28], for those that a place's channels answer most strongly.

    Yields the fraction that is done after every batch; of equal values those of earlier images come first.
    """
    best = [torch.empty(place.output_shape[0], 0), *(torch.empty(place.output_shape[0], 0).long() for _ in "ip")]
    total = torch.zeros(place.output_shape[0], dtype=torch.float64)
    for start in range(0, len(pixels), batch):
        with torch.no_grad():  # not around the yield: whoever steps through this does other things between
            found = per_channel(output_at(network, place, scale(pixels[start : start + batch], choice.scaling)))
        total += found.double().mean(2).sum(0)
        values, positions = found.max(2)  # [n, c]
        here = torch.arange(start, start + len(values)).expand(values.shape[1], -1)
        pool = [torch.cat(pair, 1) for pair in zip(best, (values.T, here, positions.T), strict=True)]
        order = pool[0].argsort(dim=1, descending=True, stable=True)[:, :count]
        best = [each.gather(1, order) for each in pool]
        yield min(1.0, (start + batch) / len(pixels))
    return TopImages(best[0], best[1], best[2], total / len(pixels), len(pixels))
