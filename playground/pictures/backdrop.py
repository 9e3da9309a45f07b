"""A garment on a plate: icons often lie on a disc or a card of another colour than what is around them.

Seen from outside, such a picture shows a disc. So where all that there is lies within one plain shape, which
fills most of the picture, is of one colour along its edge and holds something else in its middle, the shape is the
paper. A square bag that fills a picture, with a print on it, cannot be told from that.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from playground.pictures.background import Foreground, Pixels, against_background, laid_on
from playground.pictures.masks import Mask, box_of, shared
from playground.pictures.shadow import without_shadow

_SIDE = 96  # pixels of the copy on which the shape is judged
_LEAST = 24  # pixels of the shorter side: below, every shape is a plain one
_LONGEST = 1.15  # longer side over shorter one: purses are longer than cards
_FILLS = 0.6  # of the picture's shorter side, how long a plate is at least
_ROUNDINGS = np.linspace(0.0, 0.5, 11)  # of the corners, as shares of the shorter side: from a card to a disc
_SAME = 0.96  # of what a shape and a plain one cover together, what both cover
_RIM = 0.02  # of the longer side: how far in the plate's own edge may reach
_STRIP = 0.04  # of the longer side: how wide the strip within that edge is which must be bare
_BARE = 0.9  # how much of that strip is
_OTHER = 20.0  # grey levels from the plate's colour: the garment differs by more
_TAKEN = (0.06, 0.85)  # share of the plate that the garment covers; a clasp or a button covers less


def without_plate(rgb: Pixels, alpha: Pixels, ink: Mask) -> tuple[Foreground, Foreground | None] | None:
    """What of the picture within a plate is not of the plate's colour, and the same as `without_shadow` leaves it.

    Both have the size of the plate: [h, w]. Beyond the edge of a round one its colours go on outwards. None where
    there is no plate.

    Args:
        rgb: The picture, [H, W, 3].
        alpha: Its opacity, [H, W].
        ink: Which pixels are not background, [H, W].
    """
    box = box_of(ink)
    shorter, longer = sorted(ink[box].shape)
    if shorter < max(_LEAST, _FILLS * min(ink.shape)) or longer > _LONGEST * shorter:
        return None
    whole = np.asarray(ndimage.binary_fill_holes(ink[box]))
    name = _plain(whole)
    if name is None:
        return None
    depth = ndimage.distance_transform_edt(np.pad(whole, 1))[1:-1, 1:-1]
    inside = depth > max(2.0, _RIM * longer)
    strip = inside & (depth <= max(4.0, (_RIM + _STRIP) * longer))
    if ink[box][strip].mean() < _BARE:  # a frame
        return None
    outward = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    plate = np.rint(laid_on(rgb[box], alpha[box], 255.0)).astype(np.uint8)[tuple(outward)]
    found = against_background(plate, np.full(depth.shape, 255, np.uint8))
    lit = without_shadow(found)
    density = (lit or found).density
    taken = (density[inside] > _OTHER).mean()
    if (density[strip] <= _OTHER).mean() < _BARE or not _TAKEN[0] <= taken <= _TAKEN[1]:
        return None
    explanation = f"The garment lies on {name}, which was taken for the paper. {found.explanation}"
    return found._replace(explanation=explanation), lit


def _plain(shape: Mask) -> str | None:
    """What plain shape this is, a disc or a card with round or sharp corners; None where it is neither."""
    height, width = (round(side * _SIDE / max(shape.shape)) for side in shape.shape)
    small = np.asarray(Image.fromarray(shape).resize((width, height)))
    same = [shared(small, _rounded(height, width, rounding * min(height, width))) for rounding in _ROUNDINGS]
    best = int(np.argmax(same))
    if same[best] < _SAME:
        return None
    return "a disc" if _ROUNDINGS[best] > 0.4 else "a card"


def _rounded(height: int, width: int, radius: float) -> Mask:
    """A rectangle whose corners are rounded by `radius` pixels, filling [height, width]."""
    y, x = (np.abs(np.arange(side) + 0.5 - side / 2) - (side / 2 - radius) for side in (height, width))
    return np.asarray(np.hypot(np.maximum(y, 0)[:, None], np.maximum(x, 0)) <= radius + 0.5)
