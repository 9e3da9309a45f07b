"""Where the garment lies in a picture, and that part of it at 28x28."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from playground.data.classes import SIDE
from playground.pictures.background import Floats


class Box(NamedTuple):
    """Edges in pixels, with fractions: a blurred edge lies where half of its height is reached."""

    top: float
    left: float
    bottom: float
    right: float

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def cell(self) -> float:
        """The side of that square of the picture which becomes one of the 28 pixels."""
        return max(self.height, self.width) / SIDE


def extent(density: Floats) -> Box:
    """Where the garment lies, which is all that there is."""
    rows, columns = density.max(axis=1), density.max(axis=0)
    (top, bottom), (left, right) = (np.flatnonzero(line)[[0, -1]] for line in (rows, columns))
    cell = max(bottom - top, right - left) / SIDE
    return Box(
        top + _edge(rows[top : bottom + 1], cell),
        left + _edge(columns[left : right + 1], cell),
        bottom + 1 - _edge(rows[top : bottom + 1][::-1], cell),
        right + 1 - _edge(columns[left : right + 1][::-1], cell),
    )


def _edge(profile: Floats, cell: float) -> float:
    """How far into `profile`, which begins where ink does, its edge lies.

    A hard edge is at the beginning. A soft one is where half of the height within most of the first
    cell is reached; half a cell off would put every pixel between two of those the garment had.
    """
    if profile[0] >= 0.4 * profile[: max(1, round(cell) // 2 + 1)].max():
        return 0.0
    half = 0.5 * float(profile[: max(1, round(0.7 * cell))].max())
    after = int((profile >= half).argmax())
    rise = float(profile[after] - profile[after - 1])
    return after + 0.5 - (float(profile[after]) - half) / max(rise, 1e-6) if after else 0.0


def crop_sentence(box: Box, density: Floats, specks: int) -> str:
    """What the crop found."""
    height, width = density.shape
    sentence = f"The garment takes {box.width:.0f} × {box.height:.0f} of the {width} × {height} pixels; "
    return (
        sentence
        + "the rest was cut off"
        + (f", {specks} specks with it." if specks > 1 else ", a speck with it." if specks else ".")
    )


def cropped(density: Floats, box: Box) -> tuple[Floats, Box]:
    """The pixels in the box and a cell around it, black beyond the picture, and the box in their coordinates."""
    room = int(np.ceil(box.cell)) + 1
    top, left = int(box.top), int(box.left)
    bottom, right = int(np.ceil(box.bottom)), int(np.ceil(box.right))
    inside = np.pad(density[top:bottom, left:right], room)
    return inside, Box(*(edge + room - start for edge, start in zip(box, (top, left, top, left), strict=True)))


def centred(density: Floats, box: Box) -> tuple[Floats, str]:
    """The box with its longest side at 28 pixels in the middle of 28x28, and a sentence.

    Each pixel is the mean of the middle of its cell. The data set was subsampled, one pixel in many; the
    mean over the whole cell, or Lanczos, is visibly softer and costs a network accuracy.
    """
    rows, columns = (max(1, round(side / box.cell)) for side in (box.height, box.width))
    middle, centre = (box.top + box.bottom) / 2, (box.left + box.right) / 2
    halves = rows * box.cell / 2, columns * box.cell / 2
    area = (centre - halves[1], middle - halves[0], centre + halves[1], middle + halves[0])
    fine = Image.fromarray(density).resize((4 * columns, 4 * rows), Image.Resampling.BOX, box=area)
    cells = np.asarray(fine).reshape(rows, 4, columns, 4)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    small = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left = (SIDE - rows + 1) // 2, (SIDE - columns + 1) // 2  # odd ones go above and left, as in the data
    small[top : top + rows, left : left + columns] = cells
    shorter = min(rows, columns)
    return small, f"The longest side became 28 pixels, the other {shorter}, and the garment was put in the middle."
