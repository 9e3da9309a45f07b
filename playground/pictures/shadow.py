"""A garment's shadow on the paper: it would be part of the outline, and move and shrink the garment.

A shadow is paper with less light, of the paper's hue. A real one is soft where it ends, and the garment's own
edge cuts it off: so what can be reached from bare paper without a step in brightness is paper. The shadow of an
icon has hard edges. It is known by its hue where the paper has a colour, and runs out of a corner or lies on the
ground.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from playground.data.classes import SIDE
from playground.pictures.background import LEAST_CONTRAST, Floats, Foreground, rim_of
from playground.pictures.masks import Mask, box_of

_BARE = LEAST_CONTRAST / 4  # grey levels; what is nearer to the paper is paper
_WORTH = 0.02  # of the ink: a smaller shadow moves nothing
_MOST = 0.6  # of the ink: what would take more is no shadow, but a garment of the paper's hue

# Soft shadows. Steepness is the change along what becomes one of the 28 pixels.
_SOFT = 0.6  # of the garment's contrast: within a shadow nothing is steeper
_SHARP = 1.6  # of the garment's contrast: an edge less steep than that may be a shadow's, and is not a garment's
_CUT_OFF = 0.5  # of where a shadow meets ink, how much is such an edge
_STEP = 1.5  # of a shadow's own contrast: where it begins it is less steep, and pale cloth steeper
_SOFT_HUE = 0.06  # of the paper's brightness: by so much its colour may be another than that of darker paper

# Hard shadows: their colour was chosen by somebody.
_HARD_HUE = 0.1  # of the paper's brightness, as above
_HARD_DARKEST = 0.5  # of the light on the paper: so much is left
_COLOURED = 0.2  # saturation of paper from which on something of its hue, but darker, is no accident
_FLAT = 0.16  # of the height of all that there is: a shadow on the ground is no higher
_TAPERED = 0.6  # of its height in the middle: its ends are no higher than that, where a sole is blunt
_GROUND = 0.8  # of its lower edge, how much has bare paper below


def without_shadow(found: Foreground) -> Foreground | None:
    """The picture without its shadows; None where there are none, or so small or large that they are none."""
    light, off = _as_paper(found)
    density, ink = found.density, found.density > _BARE
    taken = np.zeros_like(ink)
    for part in (_hard(found, light, off), _soft(found, off < _SOFT_HUE)):
        if _WORTH <= (part & ink).sum() / max(1, ink.sum()) <= _MOST:
            taken |= part
    if not taken.any():
        return None
    share = (taken & ink).sum() / ink.sum()
    explanation = f"A shadow beside the garment, {share:.0%} of what stood out, was taken for paper."
    return found._replace(density=np.where(taken, np.float32(0), density), explanation=explanation)


def _as_paper(found: Foreground) -> tuple[Floats, Floats]:
    """Each pixel as paper with less light: how much is left, and how far off its colour is from that, [H, W] each.

    Both are shares of the paper's brightness. What is no paper for certain, or lighter, is infinitely far off.
    """
    picture, paper = found.picture, found.paper
    length = np.maximum(np.einsum("...c,...c", paper, paper), 1.0)
    light = np.einsum("...c,...c", picture, paper) / length
    off = picture - light[:, :, None] * paper
    far = np.sqrt(np.einsum("...c,...c", off, off) / length)
    return light, np.where(found.solid | (light > 1.02), np.float32(np.inf), far)


def _hard(found: Foreground, light: Floats, off: Floats) -> Mask:
    """Shadows on coloured paper that run out of a corner, or lie flat on the ground."""
    red, green, blue = np.moveaxis(found.paper, 2, 0)
    brightest = np.maximum(np.maximum(red, green), blue)
    coloured = brightest - np.minimum(np.minimum(red, green), blue) > _COLOURED * brightest
    ink = found.density > _BARE
    pieces, _ = ndimage.label(coloured & ink & (off < _HARD_HUE) & (light > _HARD_DARKEST))
    if not pieces.any():
        return np.asarray(pieces > 0)
    corners = pieces[[0, 0, -1, -1], [0, -1, 0, -1]]
    # what covers two corners is another paper, as where a table meets a wall
    long = [number for number in set(corners.tolist()) if number and (corners == number).sum() == 1]
    rest = ink & ~np.isin(pieces, long)
    if not rest.any():
        return np.asarray(rest)
    rows, _ = box_of(rest)
    low = _FLAT * (rows.stop - rows.start)
    flat = [
        number
        for number, where in enumerate(ndimage.find_objects(pieces), 1)
        if where[0].stop > rows.stop - low
        and where[0].stop - where[0].start <= low
        and _on_ground(pieces[where] == number, ink[where[0].start + 1 : where[0].stop + 1, where[1]])
    ]
    return np.asarray(np.isin(pieces, long + flat))


def _on_ground(piece: Mask, below: Mask) -> bool:
    """Whether a piece, cut out of its picture, has paper below, and grows thin at both ends.

    `below` says what has ink a row further down; the last row is missing where the picture ends.
    """
    lowest = piece & ~np.pad(piece[1:], ((0, 1), (0, 0)))
    if (lowest[: len(below)] & below).sum() > (1 - _GROUND) * lowest.sum():
        return False
    heights = piece.sum(axis=0)
    end = max(1, heights.size // 25)
    middle = heights[end:-end].max(initial=1)
    return bool(max(heights[:end].mean(), heights[-end:].mean()) <= _TAPERED * middle)


def _soft(found: Foreground, dimmed: Mask) -> Mask:
    """Shadows without a step in brightness from the paper; none where the garment has no sharper edge.

    `dimmed` says which pixels are of the paper's hue, [H, W].
    """
    density = found.density
    bare = density <= _BARE
    if bare.all():
        return ~bare
    contrast = float(np.quantile(density[~bare], 0.9))
    bodies = ndimage.find_objects(ndimage.label(density > 0.5 * contrast)[0])
    cell = max(side.stop - side.start for body in bodies for side in body) / SIDE
    steep = ndimage.gaussian_gradient_magnitude(density, max(0.7, 0.07 * cell)) * cell
    pieces, _ = ndimage.label(bare | (dimmed & (steep < _SOFT * contrast)))
    around = pieces[bare & rim_of(bare.shape[0], bare.shape[1], 1)]
    shadows, count = ndimage.label(np.isin(pieces, around) & ~bare)
    if (shadows > 0).sum() < _WORTH * (~bare).sum():
        return np.zeros_like(bare)
    sharp = ndimage.maximum_filter(steep, size=2 * max(1, round(0.2 * cell)) + 1) >= _SHARP * contrast
    kept = _cut_off(density, shadows, count, sharp) & _fading(density, shadows, count, steep)
    return np.asarray(kept[shadows])


def _cut_off(density: Floats, shadows: NDArray[np.int32], count: int, sharp: Mask) -> Mask:
    """Which of the shadows, numbered from 1, the garment cuts off with a sharp edge: [count + 1]."""
    meets = (shadows == 0) & (density > LEAST_CONTRAST)
    beside = np.where(meets, ndimage.maximum_filter(shadows, size=3), 0)
    met, cut = (np.bincount(beside[where], minlength=count + 1) for where in (meets, meets & sharp))
    return cut > _CUT_OFF * met


def _fading(density: Floats, shadows: NDArray[np.int32], count: int, steep: Floats) -> Mask:
    """Which of the shadows, numbered from 1, begin without a step of their own: [count + 1]."""
    numbers, inside = np.arange(1, count + 1), shadows > 0
    outer = inside & (ndimage.minimum_filter(density, size=3) <= _BARE)
    begins = np.asarray(ndimage.median(steep[outer], shadows[outer], numbers))
    own = np.asarray(ndimage.maximum(density[inside], shadows[inside], numbers))
    return np.concatenate([[False], begins < _STEP * own])
