"""Channels that say nothing: ReLUs that are 0 for every image of many ("dead", as Lu et al. 2019 call them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # screens read what was found before torch is warm
    from torch import Tensor, nn

    from playground.experiment.experiment import DataChoice

_AT_ONCE = 100


@dataclass(frozen=True)
class DeadUnits:
    """A layer of ReLUs: its place in the network, such as "conv1.activation", and which channels are silent."""

    place: str
    channels: int
    silent: tuple[int, ...]

    @property
    def stage(self) -> str:
        """The part of the network that it belongs to, such as "conv1"."""
        return self.place.partition(".")[0]


def silent_channels(network: nn.Sequential, pixels: Tensor, choice: DataChoice) -> tuple[DeadUnits, ...]:
    """Every layer of ReLUs, with the channels or units that are 0 on all of these images, uint8 [n, 28, 28].

    Leaky and smooth activations are never exactly 0 and do not appear. The network has to be ready to evaluate.
    """
    import torch
    from torch import nn

    from playground.data.images import scale
    from playground.interpret.layers import outputs, per_channel

    relus = {name for name, module in network.named_modules() if isinstance(module, nn.ReLU)}
    loudest: dict[str, Tensor] = {}
    with torch.no_grad():
        for chunk in torch.split(pixels, _AT_ONCE):
            for place, values in outputs(network, scale(chunk, choice.scaling)).items():
                if place in relus:
                    most = per_channel(values).amax((0, 2))
                    loudest[place] = torch.maximum(loudest[place], most) if place in loudest else most
    return tuple(
        DeadUnits(place, len(most), tuple(torch.nonzero(most <= 0).flatten().tolist()))
        for place, most in loudest.items()
    )
