"""Random changes to a batch of training images, all images at once."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from playground.data.classes import CLASSES
from playground.data.images import Images
from playground.data.synthetic.bank import EACH, drawn_garments
from playground.experiment.augmentation import Augmentation


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
    for change, setting in choice.changes():
        if change.of_classes and garments is None:
            raise ValueError("garments are to be drawn, and there are none to choose from")
        more = {"labels": images.labels, "garments": garments} if change.of_classes else {}
        pixels = change.function(pixels, setting, generator, **more)
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
