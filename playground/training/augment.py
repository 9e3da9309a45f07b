"""Random changes to a batch of training images, all images at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor

from playground.data.classes import CLASSES
from playground.data.images import Images
from playground.data.synthetic.bank import EACH, drawn_garments
from playground.experiment.training import Augmentation

_INK = 24  # shades above it belong to the garment
_LINE = 70  # differences in shade above it, between neighbours, are lines of a drawing
_LEAST_CLOTH = 0.35  # of full light, in a drawing
_ERASED_SHARE = (0.02, 1 / 3)
_ERASED_ASPECT = (0.3, 3.3)


def augment(
    images: Images, choice: Augmentation, generator: torch.Generator, garments: Tensor | None = None
) -> Tensor:
    """Change training images at random; each image gets its own change.

    Args:
        images: On any device.
        choice: What may happen. With nothing chosen the very same tensor comes back.
        generator: Where the randomness comes from, on the CPU: a seed changes images alike on every device.
        garments: What is drawn in the place of images, uint8 [10, each, 28, 28] by classes, on the same device.
            ValueError where `choice.drawn` is above 0 and there are none.

    Returns:
        uint8 [n, 28, 28].
    """
    pixels = images.pixels
    if choice.drawn:
        if garments is None:
            raise ValueError("garments are to be drawn, and there are none to choose from")
        pixels = _drawn(images, garments, choice.drawn, generator)
    for name, change in _CHANGES.items():
        if setting := getattr(choice, name):
            pixels = change(pixels, setting, generator)
    return pixels


def glimpse(images: Images, choice: Augmentation, generator: torch.Generator, each: int = 2) -> Tensor:
    """So many images of every class in turn, chosen and changed by chance: uint8 [10 * each, 28, 28].

    Raises ValueError where a class has fewer.
    """
    if (fewest := int(torch.bincount(images.labels, minlength=CLASSES).min())) < each:
        raise ValueError(f"there are {fewest} images of a class, and {each} are to be shown")
    chance = torch.rand(len(images), generator=generator)
    chosen = [torch.where(images.labels == label, chance, -1).topk(each).indices for label in range(CLASSES)]
    shown = images.take(torch.stack(chosen).T.flatten())
    few = None
    if choice.drawn:
        few = torch.from_numpy(drawn_garments(each, int(torch.randint(2**31, (), generator=generator))))
    return augment(shown, choice, generator, few)


@cache
def all_garments() -> Tensor:
    """The drawn garments that are trained with, uint8 [10, EACH, 28, 28]; it takes seconds, once in a process."""
    return torch.from_numpy(drawn_garments(EACH))


def _drawn(images: Images, garments: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Some images replaced by drawn garments of their classes."""
    count, device = len(images), images.pixels.device
    replaced = (torch.rand(count, 1, 1, generator=generator) < probability).to(device)
    which = torch.randint(garments.shape[1], (count,), generator=generator).to(device)
    return torch.where(replaced, garments[images.labels, which], images.pixels)


def _sketch(pixels: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Some images redrawn in two shades: cloth and seams; in half of them the outline belongs to the seams.

    Which is what `pictures.prepare` makes of an icon. Where the shades are near to each other it is only filled.
    """
    drawn, closed, outlined, cloth, line = torch.rand(5, len(pixels), 1, 1, generator=generator).to(pixels.device)
    shades = pixels.float()
    whole = (shades > _INK).float()
    silhouette = torch.where(closed < 0.5, _narrowed(_widened(whole)), whole)
    border = silhouette - _narrowed(silhouette)
    seams = (_widened(shades) - _narrowed(shades) > _LINE) * (1 - border)
    lines = torch.maximum(seams, border * (outlined < 0.5))
    sketched = 255 * silhouette * torch.lerp(_LEAST_CLOTH + (1 - _LEAST_CLOTH) * cloth, line, lines)
    return torch.where(drawn < probability, sketched.to(torch.uint8), pixels)


def _invert(pixels: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """In some images light and dark parts of the garment swapped, the background left black."""
    swapped = torch.rand(len(pixels), 1, 1, generator=generator).to(pixels.device) < probability
    inside = (255 - pixels.float()).clamp(min=_INK) * (pixels > _INK)
    full = inside * (255 / inside.amax((1, 2), keepdim=True).clamp(min=1))
    return torch.where(swapped, full.round().to(torch.uint8), pixels)


def _tone(pixels: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """All shades to a power between 1/(1 + most) and 1 + most, each as likely as its inverse."""
    drawn = 2 * torch.rand(len(pixels), 1, 1, generator=generator) - 1
    power = ((1 + most) ** drawn).to(pixels.device)
    return (255 * (pixels.float() / 255) ** power).round().to(torch.uint8)


def _thicken(pixels: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Each image on its way, up to `most` of it, to one a pixel wider or narrower on every side."""
    drawn = (2 * torch.rand(len(pixels), 1, 1, generator=generator) - 1).to(pixels.device)
    shades = pixels.float()
    other = torch.where(drawn > 0, _widened(shades), _narrowed(shades))
    return torch.lerp(shades, other, most * drawn.abs()).round().to(torch.uint8)


def _rotate(pixels: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Each image turned by up to so many degrees either way."""
    angle = torch.deg2rad(most * (2 * torch.rand(len(pixels), generator=generator) - 1))
    across, along = torch.cos(angle), torch.sin(angle)
    return _warped(pixels, torch.stack([across, -along, along, across], 1))


def _zoom(pixels: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Each image larger or smaller by up to that share, in height and width by themselves."""
    sides = (1 + most) ** (2 * torch.rand(2, len(pixels), generator=generator) - 1)
    none = torch.zeros(len(pixels))
    return _warped(pixels, torch.stack([1 / sides[0], none, none, 1 / sides[1]], 1))


def _warped(pixels: Tensor, matrices: Tensor) -> Tensor:
    """Images [n, 28, 28] under linear maps about their middles, row by row [n, 4]; black comes in."""
    maps = torch.nn.functional.pad(matrices.view(-1, 2, 2), (0, 1)).to(pixels.device)
    shape = [len(pixels), 1, *pixels.shape[1:]]
    grid = torch.nn.functional.affine_grid(maps, shape, align_corners=False)
    warped = torch.nn.functional.grid_sample(pixels.float()[:, None], grid, align_corners=False)
    return warped[:, 0].round().to(torch.uint8)


def _widened(shades: Tensor) -> Tensor:
    """Every pixel the lightest of the nine around it."""
    return torch.nn.functional.max_pool2d(shades[:, None], 3, 1, 1)[:, 0]


def _narrowed(shades: Tensor) -> Tensor:
    """Every pixel the darkest of the nine around it."""
    return -_widened(-shades)


def _mirror(pixels: Tensor, _: bool, generator: torch.Generator) -> Tensor:
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


_CHANGES: Mapping[str, Callable[[Tensor, Any, torch.Generator], Tensor]] = {
    "sketch": _sketch,
    "invert": _invert,
    "tone": _tone,
    "thicken": _thicken,
    "rotate": _rotate,
    "zoom": _zoom,
    "mirror": _mirror,
    "shift": _shift,
    "erase": _erase,
}
"""In this order, by the names of the settings of `Augmentation`; before them is `drawn`, which needs classes."""
