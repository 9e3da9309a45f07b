"""Optimizer, schedule and augmentation of a generated script."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import Any

import torch

from playground.experiment.training import Augmentation, Training
from playground.export.source import Source
from playground.training.augment import all_garments


def optimizer(training: Training, source: Source) -> str:
    """A function that makes its optimizer."""
    settings = training.optimizer
    made = settings.algorithm()
    name = made.__name__
    is_pytorchs = getattr(torch.optim, name, None) is made
    called = f"torch.optim.{name}" if is_pytorchs else source.take(made)
    arguments = _arguments(settings.arguments())
    return f"\n\ndef optimizer(model):\n    return {called}(model.parameters(){arguments})\n"


def schedule(training: Training, source: Source) -> str:
    """A function of the learning rate over the epochs."""
    settings = training.schedule
    curve = source.take(type(settings).curve)
    words = '"""The share of the full learning rate after so many epochs, with fractions."""'
    called = f"{curve}(epoch, EPOCHS{_arguments(settings.arguments())})"
    return f"\n\ndef share_of_rate(epoch):\n    {words}\n    return {called}\n"


def _arguments(given: Mapping[str, Any]) -> str:
    return "".join(f", {name}={value!r}" for name, value in given.items())


_WIDENED = '''

def widened(shades):
    """Every pixel the lightest of the nine around it; of the negative, the darkest."""
    return F.max_pool2d(shades[:, None], 3, 1, 1)[:, 0]
'''
_WARPED = '''

def warped(images, matrices):
    """Images under linear maps about their middles, row by row [n, 4]; black comes in."""
    maps = F.pad(matrices.view(-1, 2, 2), (0, 1)).to(images.device)
    grid = F.affine_grid(maps, (len(images), 1, 28, 28), align_corners=False)
    return F.grid_sample(images.float()[:, None], grid, align_corners=False)[:, 0].round().to(torch.uint8)
'''
_DRAWN = """
replaced = (torch.rand(len(images), 1, 1) < {setting}).to(images.device)
garments = all_garments().to(images.device)
which = torch.randint(garments.shape[1], (len(images),)).to(images.device)
images = torch.where(replaced, garments[labels, which], images)
"""
_SKETCH = """
drawn, closed, outlined, cloth, line = torch.rand(5, len(images), 1, 1, device=images.device)
shades, whole = images.float(), (images > 24).float()
silhouette = torch.where(closed < 0.5, -widened(-widened(whole)), whole)
border = silhouette + widened(-silhouette)
seams = (widened(shades) + widened(-shades) > 70) * (1 - border)
lines = torch.maximum(seams, border * (outlined < 0.5))
sketched = 255 * silhouette * torch.lerp(0.35 + 0.65 * cloth, line, lines)
images = torch.where(drawn < {setting}, sketched.to(torch.uint8), images)
"""
_INVERT = """
swapped = torch.rand(len(images), 1, 1, device=images.device) < {setting}
inside = (255 - images.float()).clamp(min=24) * (images > 24)
full = inside * (255 / inside.amax((1, 2), keepdim=True).clamp(min=1))
images = torch.where(swapped, full.round().to(torch.uint8), images)
"""
_TONE = """
power = (1 + {setting}) ** (2 * torch.rand(len(images), 1, 1, device=images.device) - 1)
images = (255 * (images.float() / 255) ** power).round().to(torch.uint8)
"""
_THICKEN = """
drawn, shades = 2 * torch.rand(len(images), 1, 1, device=images.device) - 1, images.float()
other = torch.where(drawn > 0, widened(shades), -widened(-shades))
images = torch.lerp(shades, other, {setting} * drawn.abs()).round().to(torch.uint8)
"""
_ROTATE = """
angle = torch.deg2rad({setting} * (2 * torch.rand(len(images)) - 1))
images = warped(images, torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1))
"""
_ZOOM = """
height, width = (1 + {setting}) ** (2 * torch.rand(2, len(images)) - 1)
images = warped(images, torch.stack([1 / height, 0 * height, 0 * width, 1 / width], 1))
"""
_MIRROR = """
flipped = torch.rand(len(images), 1, 1, device=images.device) < 0.5
images = torch.where(flipped, images.flip(2), images)
"""
_SHIFT = """
most = {setting}
padded = F.pad(images, (most,) * 4)
offsets = torch.randint(0, 2 * most + 1, (2, len(images), 1, 1), device=images.device)
place = torch.arange(28, device=images.device)
rows, columns = place[None, :, None] + offsets[0], place[None, None, :] + offsets[1]
images = padded[torch.arange(len(images), device=images.device)[:, None, None], rows, columns]
"""
_ERASE = """
chance, size, form, top, left = torch.rand(5, len(images), 1, 1, device=images.device)
area, aspect = 28**2 * (0.02 + size * (1 / 3 - 0.02)), 0.3 * (3.3 / 0.3) ** form
height, width = (area * aspect).sqrt().clamp(max=28), (area / aspect).sqrt().clamp(max=28)
row = torch.arange(28, device=images.device)[None, :, None] - top * (28 - height)
column = torch.arange(28, device=images.device)[None, None, :] - left * (28 - width)
inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
noise = torch.randint_like(images, 0, 256)
images = torch.where(inside & (chance < {setting}), noise, images)
"""


_CHANGES = {
    "drawn": _DRAWN,
    "sketch": _SKETCH,
    "invert": _INVERT,
    "tone": _TONE,
    "thicken": _THICKEN,
    "rotate": _ROTATE,
    "zoom": _ZOOM,
    "mirror": _MIRROR,
    "shift": _SHIFT,
    "erase": _ERASE,
}
_NEEDED = {"widened(": _WIDENED, "warped(": _WARPED}


def augmentation(choice: Augmentation, source: Source) -> str:
    """A function that changes a batch of images at random; nothing where nothing is to change."""
    settings = {name: getattr(choice, name) for name in _CHANGES}
    steps = [_CHANGES[name].format(setting=setting).strip() for name, setting in settings.items() if setting]
    if not steps:
        return ""
    words = '"""Random changes to uint8 [n, 28, 28], each image its own."""'
    body = indent("\n".join([words, *steps, "return images"]), " " * 4)
    helpers = "".join(text for call, text in _NEEDED.items() if call in body)
    if choice.drawn:
        source.take(all_garments)
    given = "images, labels" if choice.drawn else "images"
    return f"{helpers}\n\ndef augment({given}):\n{body}\n"
