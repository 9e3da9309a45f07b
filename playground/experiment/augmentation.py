"""Random changes to training images: their settings, and the functions that change a batch.

The form, the command line, the engine and the generated script read them in `Augmentation`. A function takes
images, uint8 [n, 28, 28] on any device, the value of its setting, and where the randomness comes from: a generator
on the CPU, so that a seed changes images alike on every device, or None for PyTorch's own. All images change at
once, each in its own way. Its source goes into a generated script, with what it needs of its module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from playground.experiment.base import Frozen, Setting, Share
from playground.experiment.registry import Extensible

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_INK = 24  # shades above it belong to the garment
_LINE = 70  # differences in shade above it, between neighbours, are lines of a drawing
_LEAST_CLOTH = 0.35  # of full light, in a drawing
_ERASED_SHARE = (0.02, 1 / 3)
_ERASED_ASPECT = (0.3, 3.3)


@dataclass(frozen=True)
class Change:
    """What a setting of `Augmentation` does; it stands among the field's annotations.

    Attributes:
        function: Changes a batch; only called where the setting is neither 0 nor False.
        place: Changes are made in the order of their places.
        of_classes: Whether it takes `labels`, int64 [n], and `garments`, uint8 [10, each, 28, 28].
    """

    function: Callable[..., Tensor]
    place: int
    of_classes: bool = False


def widened(shades: Tensor) -> Tensor:
    """Every pixel the lightest of the nine around it."""
    import torch

    return torch.nn.functional.max_pool2d(shades[:, None], 3, 1, 1)[:, 0]


def narrowed(shades: Tensor) -> Tensor:
    """Every pixel the darkest of the nine around it."""
    return -widened(-shades)


def warped(pixels: Tensor, matrices: Tensor) -> Tensor:
    """Images [n, 28, 28] under linear maps about their middles, row by row [n, 4]; black comes in."""
    import torch

    maps = torch.nn.functional.pad(matrices.view(-1, 2, 2), (0, 1)).to(pixels.device)
    shape = [len(pixels), 1, *pixels.shape[1:]]
    grid = torch.nn.functional.affine_grid(maps, shape, align_corners=False)
    moved = torch.nn.functional.grid_sample(pixels.float()[:, None], grid, align_corners=False)
    return moved[:, 0].round().to(torch.uint8)


def redrawn(
    pixels: Tensor,
    probability: float,
    generator: torch.Generator | None = None,
    *,
    labels: Tensor,
    garments: Tensor,
) -> Tensor:
    """Some images replaced by drawn garments of their classes, uint8 [10, each, 28, 28] on the same device."""
    import torch

    count, device = len(pixels), pixels.device
    replaced = (torch.rand(count, 1, 1, generator=generator) < probability).to(device)
    which = torch.randint(garments.shape[1], (count,), generator=generator).to(device)
    return torch.where(replaced, garments[labels, which], pixels)


# As `pictures.prepare` leaves an icon.
def sketched(pixels: Tensor, probability: float, generator: torch.Generator | None = None) -> Tensor:
    """Some images redrawn in two shades: cloth and seams; in half of them the outline belongs to the seams.

    Where the shades are near to each other it is only filled.
    """
    import torch

    drawn, closed, outlined, cloth, line = torch.rand(5, len(pixels), 1, 1, generator=generator).to(pixels.device)
    shades = pixels.float()
    whole = (shades > _INK).float()
    silhouette = torch.where(closed < 0.5, narrowed(widened(whole)), whole)
    border = silhouette - narrowed(silhouette)
    seams = (widened(shades) - narrowed(shades) > _LINE) * (1 - border)
    lines = torch.maximum(seams, border * (outlined < 0.5))
    shaded = 255 * silhouette * torch.lerp(_LEAST_CLOTH + (1 - _LEAST_CLOTH) * cloth, line, lines)
    return torch.where(drawn < probability, shaded.to(torch.uint8), pixels)


def inverted(pixels: Tensor, probability: float, generator: torch.Generator | None = None) -> Tensor:
    """In some images light and dark parts of the garment swapped, the background left black."""
    import torch

    swapped = torch.rand(len(pixels), 1, 1, generator=generator).to(pixels.device) < probability
    inside = (255 - pixels.float()).clamp(min=_INK) * (pixels > _INK)
    full = inside * (255 / inside.amax((1, 2), keepdim=True).clamp(min=1))
    return torch.where(swapped, full.round().to(torch.uint8), pixels)


def toned(pixels: Tensor, most: float, generator: torch.Generator | None = None) -> Tensor:
    """All shades to a power between 1/(1 + most) and 1 + most, each as likely as its inverse."""
    import torch

    drawn = 2 * torch.rand(len(pixels), 1, 1, generator=generator) - 1
    power = ((1 + most) ** drawn).to(pixels.device)
    return (255 * (pixels.float() / 255) ** power).round().to(torch.uint8)


def thickened(pixels: Tensor, most: float, generator: torch.Generator | None = None) -> Tensor:
    """Each image on its way, up to `most` of it, to one a pixel wider or narrower on every side."""
    import torch

    drawn = (2 * torch.rand(len(pixels), 1, 1, generator=generator) - 1).to(pixels.device)
    shades = pixels.float()
    other = torch.where(drawn > 0, widened(shades), narrowed(shades))
    return torch.lerp(shades, other, most * drawn.abs()).round().to(torch.uint8)


def rotated(pixels: Tensor, most: float, generator: torch.Generator | None = None) -> Tensor:
    """Each image turned by up to so many degrees either way."""
    import torch

    angle = torch.deg2rad(most * (2 * torch.rand(len(pixels), generator=generator) - 1))
    across, along = torch.cos(angle), torch.sin(angle)
    return warped(pixels, torch.stack([across, -along, along, across], 1))


def zoomed(pixels: Tensor, most: float, generator: torch.Generator | None = None) -> Tensor:
    """Each image larger or smaller by up to that share, in height and width by themselves."""
    import torch

    sides = (1 + most) ** (2 * torch.rand(2, len(pixels), generator=generator) - 1)
    none = torch.zeros(len(pixels))
    return warped(pixels, torch.stack([1 / sides[0], none, none, 1 / sides[1]], 1))


def mirrored(pixels: Tensor, _: bool, generator: torch.Generator | None = None) -> Tensor:
    """Left and right swapped in half of the images."""
    import torch

    flipped = torch.rand(len(pixels), 1, 1, generator=generator) < 0.5
    return torch.where(flipped.to(pixels.device), pixels.flip(2), pixels)


def shifted(pixels: Tensor, most: int, generator: torch.Generator | None = None) -> Tensor:
    """Each image moved by -most..most pixels in both directions, black coming in."""
    import torch

    count, side, device = len(pixels), pixels.shape[-1], pixels.device
    offsets = torch.randint(0, 2 * most + 1, (2, count, 1, 1), generator=generator).to(device)
    padded = torch.nn.functional.pad(pixels, (most,) * 4)
    positions = torch.arange(side, device=device)
    rows, columns = positions[None, :, None] + offsets[0], positions[None, None, :] + offsets[1]
    return padded[torch.arange(count, device=device)[:, None, None], rows, columns]


def erased(pixels: Tensor, probability: float, generator: torch.Generator | None = None) -> Tensor:
    """Random erasing (Zhong et al. 2020): a rectangle of noise over a share of the images."""
    import torch

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


class Augmentation(Frozen):
    """Random changes to training images, drawn anew in every epoch. Never applied when evaluating."""

    mirror: Annotated[
        bool,
        Setting("Mirror", "Half of the images are flipped left to right, differently in every epoch."),
        Change(mirrored, 70),
    ] = False
    shift: Annotated[
        int,
        Field(ge=0, le=8),
        Setting("Shift", "Each image is moved by up to so many pixels."),
        Change(shifted, 80),
    ] = 0
    rotate: Annotated[
        float,
        Field(ge=0, le=180, allow_inf_nan=False),
        Setting("Rotate", "Each image is turned by up to so many degrees either way.", 5.0),
        Change(rotated, 50),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False),
        Setting("Zoom", "Each image is stretched or shrunk by up to this share, height and width apart.", 0.05),
        Change(zoomed, 60),
    ] = 0.0
    tone: Annotated[
        float,
        Field(ge=0, le=3, allow_inf_nan=False),
        Setting("Tone", "Shades to a power of up to 1 + this or its inverse: more or less contrast.", 0.1),
        Change(toned, 30),
    ] = 0.0
    thicken: Annotated[
        Share,
        Setting("Thicken", "Each image up to so much of a pixel wider or narrower on every side.", 0.1),
        Change(thickened, 40),
    ] = 0.0
    invert: Annotated[
        Share,
        Setting("Invert", "Share of the images in which the garment's light and dark parts change.", 0.05),
        Change(inverted, 20),
    ] = 0.0
    sketch: Annotated[
        Share,
        Setting("Sketch", "Share of the images redrawn in two shades, as an icon.", 0.05),
        Change(sketched, 10),
    ] = 0.0
    drawn: Annotated[
        Share,
        Setting(
            "Drawn", "Share of the images replaced by drawn garments of the same class, made up at random.", 0.05
        ),
        Change(redrawn, 0, of_classes=True),
    ] = 0.0
    erase: Annotated[
        Share,
        Setting("Erase", "Share of the images in which a random rectangle becomes noise.", 0.05),
        Change(erased, 90),
    ] = 0.0

    def changes(self) -> tuple[tuple[Change, Any], ...]:
        """The changes that are chosen, in the order in which they are made, each with its setting."""
        fields = type(self).model_fields.items()
        every = [
            (each, getattr(self, name))
            for name, field in fields
            for each in field.metadata
            if isinstance(each, Change)
        ]
        return tuple(sorted(((change, value) for change, value in every if value), key=lambda pair: pair[0].place))


AUGMENTATION = Extensible(Augmentation)
"""Augmentation, with what is added to it."""
