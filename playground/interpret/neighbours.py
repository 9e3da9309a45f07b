"""How much an image looks like the data to a network: its neighbours among training images, and how near they are.

The distance to the k-th nearest of them in the space of the network's normalised features tells images of the data
from others (Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors", arXiv:2204.06507).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.data.images import scale
from playground.experiment.experiment import DataChoice
from playground.network.build import Sequence

NEIGHBOURS = 5
_KTH = 10  # a single odd training image should not vouch for an odd picture


@torch.no_grad()
def features(network: nn.Sequential, pixels: Tensor, choice: DataChoice, batch: int = 500) -> Tensor:
    """What a network's last layer sees of images: uint8 [n, 28, 28] -> float32 [n, d], each of length 1."""
    before = Sequence(OrderedDict(list(network.named_children())[:-1])).eval()
    found = [before(scale(chunk, choice.scaling)).flatten(1) for chunk in torch.split(pixels, batch)]
    return functional.normalize(torch.cat(found))


@dataclass(frozen=True, eq=False)
class Typicality:
    """An image beside the training images.

    Attributes:
        nearest: Which of the reference images are nearest, nearest first, int64 [NEIGHBOURS].
        cosines: Of the angles between their features and the image's, float32 [NEIGHBOURS].
        ood_percentile: Share of held-out images that are nearer to the training images than this one, 0 to 1.
    """

    nearest: Tensor
    cosines: Tensor
    ood_percentile: float


class Reference:
    """Training images as a network sees them, and how near images of the data usually are to them.

    Args:
        train: Features of training images, float32 [n, d], n at least 10.
        calibration: Features of other images of the data, float32 [m, d].
    """

    def __init__(self, train: Tensor, calibration: Tensor) -> None:
        self._train = train
        self._usual = self._near(calibration)[0][:, -1].sort().values

    def _near(self, wanted: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and positions of the nearest, float32 and int64 [m, k]."""
        chunks = [
            (chunk @ self._train.T).topk(min(_KTH, len(self._train)), dim=1) for chunk in torch.split(wanted, 500)
        ]
        return torch.cat([chunk.values for chunk in chunks]), torch.cat([chunk.indices for chunk in chunks])

    def typicality(self, image: Tensor) -> Typicality:
        """Of an image by its features, float32 [d]."""
        cosines, nearest = (each[0] for each in self._near(image[None]))
        nearer = len(self._usual) - int(torch.searchsorted(self._usual, cosines[-1], right=True))
        return Typicality(nearest[:NEIGHBOURS], cosines[:NEIGHBOURS], nearer / len(self._usual))
