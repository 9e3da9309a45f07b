"""What was drawn and not photographed: lines that enclose cloth, and seams that are gaps.

All of it is about how far pixels are from the background, [H, W], where the garment fills a box whose 28th part is
a `cell`, in pixels.
"""

from collections.abc import Collection

import numpy as np
from scipy import ndimage

from playground.pictures.background import Floats
from playground.pictures.masks import Mask, box_of

_OUTLINE = 0.62  # share of its enclosed area that the ink of an outline covers at most
_HOLE = 0.1  # share of the enclosed area that a hole has at least to be cloth, and not the eye of a handle
# Of the height from above, and of the width either way from the middle: handles have eyes there.
_HANDLE = (0.35, 0.25)
_CLOTH = 0.72  # of the strongest ink: how light cloth is that was only enclosed by lines
_STROKE = 4.5  # of the 28 pixels: an outline's lines are nowhere thicker
_ONE_SHADE = 0.85  # share of the ink that is nearly the strongest, in a drawing of one shade
_SEAM = 0.55  # of the strongest ink: how light a seam is


def thickest_of(density: Floats) -> float:
    """The width in pixels of the thickest stroke."""
    distance = ndimage.distance_transform_edt(density > 0.25 * density.max())
    return 2.0 * float(distance.max()) - 1.0


def is_of_one_shade(density: Floats) -> bool:
    """Whether nearly all of the ink is equally strong, as in a drawing and never in cloth."""
    strongest = density.max()
    ink = density > 0.1 * strongest
    inside = ndimage.binary_erosion(ink, np.ones((3, 3)))  # the rim is softer where the picture was smoothed
    shades = density[inside if inside.any() else ink]
    return bool((shades > 0.95 * strongest).mean() >= _ONE_SHADE)


def with_seams(density: Floats, cell: float, thickest: float) -> Floats | None:
    """The drawing with the gaps in it, up to a cell and a half wide, shaded; None where there are none.

    Nor where its thickest stroke makes it no silhouette. Shading gaps makes no stroke thinner.
    """
    if thickest <= _STROKE * cell:
        return None
    ink = density > 0.25 * density.max()
    gaps = _closed(ink, max(1, round(0.75 * cell))) & ~ink
    return np.where(gaps, np.maximum(density, np.float32(_SEAM * density.max())), density) if gaps.any() else None


def _closed(mask: Mask, reach: int) -> Mask:
    """Gaps of up to twice so many pixels closed, without regard to the edges of the picture."""
    room = 2 * reach
    closed = ndimage.binary_closing(np.pad(mask, room), np.ones((3, 3)), reach)
    return np.asarray(closed[room:-room, room:-room])


def with_cloth(density: Floats, cell: float, thickest: float) -> Floats | None:
    """The garment with its cloth filled in, where it is drawn in lines that enclose it; else None.

    Gaps of up to a cell and a half in the lines are taken for closed.
    """
    if thickest > _STROKE * cell:
        return None
    lines, reach = density > 0.25 * density.max(), max(1, round(0.75 * cell))
    closed = _closed(lines, reach)
    whole = ndimage.binary_fill_holes(closed)
    if lines.sum() > _OUTLINE * whole.sum():
        return None
    holes, count = ndimage.label(whole & ~closed)
    numbers = np.arange(1, count + 1)
    sizes = ndimage.sum_labels(np.ones_like(density), holes, numbers)
    cloth = sizes >= _HOLE * whole.sum()
    if not cloth.any():
        return None
    cloth |= ~_at_a_handle(ndimage.center_of_mass(whole, holes, numbers), whole)
    cloth = np.concatenate([[False], cloth])[holes]
    # up to the lines, over the gap that closing them has left
    near = ndimage.binary_dilation(cloth, np.ones((3, 3)), reach) & whole
    return np.where(near, np.maximum(density, np.float32(_CLOTH * density.max())), density)


def _at_a_handle(centres: Collection[tuple[float, float]], whole: Mask) -> Mask:
    """Which of the points (row, column) lie where the eye of a bag's handle does: above, in the middle."""
    down, across = (
        (np.asarray(places) - side.start) / (side.stop - 1 - side.start)
        for places, side in zip(zip(*centres, strict=True), box_of(whole), strict=True)
    )
    return np.asarray((down < _HANDLE[0]) & (np.abs(across - 0.5) < _HANDLE[1]))
