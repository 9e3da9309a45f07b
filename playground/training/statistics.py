"""What the batches of a training gave, added up without making the device wait."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sums:
    """Sums over training images: of their losses, of right answers, and how many they are."""

    loss: float = 0.0
    right: int = 0
    images: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.loss + other.loss, self.right + other.right, self.images + other.images)

    def means(self) -> tuple[float, float]:
        """Mean loss and fraction right; there has to be an image."""
        return self.loss / self.images, self.right / self.images


@dataclass
class Tally:
    """What the batches gave, kept as tensors until it is read: reading one would wait for the device."""

    losses: list[Tensor] = field(default_factory=list)
    right: list[Tensor] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sizes)

    def add(self, loss: Tensor, right: Tensor, size: int) -> None:
        """Count a batch: its mean loss, how many answers were right, and how many images it had."""
        self.losses.append(loss)
        self.right.append(right)
        self.sizes.append(size)

    def take(self) -> tuple[list[float], Sums]:
        """The loss of each batch, and the sums over their images; then the tally is empty again."""
        losses = torch.stack(self.losses).tolist()
        loss = sum(loss * size for loss, size in zip(losses, self.sizes, strict=True))
        sums = Sums(loss, int(torch.stack(self.right).sum()), sum(self.sizes))
        self.losses, self.right, self.sizes = [], [], []
        return losses, sums
