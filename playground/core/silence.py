"""Channels that say nothing: ReLUs that are 0 for every image of many ("dead", as Lu et al. 2019 call them)."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # screens read what was found before torch is warm
    from torch import Tensor, nn

    from playground.core.experiment import DataChoice

_AT_ONCE = 100


@dataclass(frozen=True)
class Silent:
    """A layer of ReLUs: its place in the network, such as "conv1.activation", and which channels are silent."""

    place: str
    channels: int
    silent: tuple[int, ...]

    @property
    def stage(self) -> str:
        """The part of the network that it belongs to, such as "conv1"."""
        return self.place.partition(".")[0]


def silent_channels(network: nn.Sequential, pixels: Tensor, choice: DataChoice) -> tuple[Silent, ...]:
    """Every layer of ReLUs, with the channels or units that are 0 on all of these images, uint8 [n, 28, 28].

    Leaky and smooth activations are never exactly 0 and do not appear. The network is left as it came.
    """
    import torch
    from torch import nn

    from playground.core.fashion import scale

    loudest: dict[str, Tensor] = {}

    def listen(place: str) -> Any:
        def heard(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            most = output.detach().flatten(2).amax((0, 2)) if output.dim() > 2 else output.detach().amax(0)
            loudest[place] = torch.maximum(loudest[place], most) if place in loudest else most

        return heard

    copied = copy.deepcopy(network).eval()  # hooks would stay in the way of others who use the network
    for place, module in copied.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(listen(place))
    with torch.enable_grad():  # else what follows a convolution is done in one, and no ReLU is heard
        for chunk in torch.split(pixels, _AT_ONCE):
            copied(scale(chunk, choice.scaling))
    return tuple(
        Silent(place, len(most), tuple(torch.nonzero(most <= 0).flatten().tolist()))
        for place, most in loudest.items()
    )
