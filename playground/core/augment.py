"""Random changes to a batch of training images, all images at once."""

from __future__ import annotations

import torch
from torch import Tensor

from playground.core.training import Augmentation

_ERASED_SHARE = (0.02, 1 / 3)
_ERASED_ASPECT = (0.3, 3.3)


def augment(pixels: Tensor, choice: Augmentation, generator: torch.Generator) -> Tensor:
    """Change training images at random; each image gets its own change.

    Args:
        pixels: uint8 [n, 28, 28], on any device.
        choice: What may happen. With nothing chosen the very same tensor comes back.
        generator: Where the randomness comes from, on the CPU: a seed changes images alike on every device.

    Returns:
        uint8 [n, 28, 28].
    """
    if choice.mirror:
        pixels = _mirror(pixels, generator)
    if choice.shift:
        pixels = _shift(pixels, choice.shift, generator)
    if choice.erase:
        pixels = _erase(pixels, choice.erase, generator)
    return pixels


def _mirror(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Left and right swapped in half of the images."""
    flipped = torch.rand(len(pixels), 1, 1, generator=generator) < 0.5
    return torch.where(flipped.to(pixels.device), pixels.flip(2), pixels)


def _shift(pixels: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """Each image moved by -most..most pixels in both directions, black coming in."""
    count, side, device = len(pixels), pixels.shape[-1], pixels.device
    offsets = torch.randint(0, 2 * most + 1, (2, count, 1, 1), generator=generator).to(device)
    padded = torch.nn.functional.pad(pixels, (most,) * 4)
    positions = torch.arange(side, device=device)
    rows, columns = positions[None, :, None] + offsets[0], positions[None, None, :] + offsets[1]
    return padded[torch.arange(count, device=device)[:, None, None], rows, columns]


def _erase(pixels: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Random erasing (Zhong et al. 2020): a rectangle of noise over a share of the images."""
    count, side = len(pixels), pixels.shape[-1]
    chance, size, form, top, left = torch.rand(5, count, 1, 1, generator=generator)
    area = side**2 * (_ERASED_SHARE[0] + size * (_ERASED_SHARE[1] - _ERASED_SHARE[0]))
    aspect = _ERASED_ASPECT[0] * (_ERASED_ASPECT[1] / _ERASED_ASPECT[0]) ** form
    height, width = (area * aspect).sqrt().clamp(max=side), (area / aspect).sqrt().clamp(max=side)
    rows, columns = torch.arange(side)[None, :, None], torch.arange(side)[None, None, :]
    first_row, first_column = top * (side - height), left * (side - width)
    inside = (rows >= first_row) & (rows < first_row + height)
    inside = inside & (columns >= first_column) & (columns < first_column + width)
    noise = torch.randint(0, 256, pixels.shape, dtype=torch.uint8, generator=generator)
    return torch.where((inside & (chance < probability)).to(pixels.device), noise.to(pixels.device), pixels)
