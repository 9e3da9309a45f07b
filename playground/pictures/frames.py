"""A picture within a picture: frames, mats, letterboxes, and the bars of a screen on which a picture was shown.

Seen as it is, such a picture shows a rectangle, which looks like a bag. So where all that is large lies within one
rectangle with sharp edges and a paper of its own, and the paper holds something, the rectangle is the picture.
A square bag with a print on it cannot be told from that, unless its edge is of more than one colour.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from playground.pictures.background import Floats, Pixels, against_background, commonest, distance, rim_of
from playground.pictures.masks import Mask

_LEAST = 24  # pixels of the shorter side of what may be a picture
_SAME = 2.5  # grey levels: what differs less from the surround is part of it
_SHARE = 0.12, 0.35  # of the whole picture, how much the one within has at least: between bars, in a frame
_OTHERS = 0.25  # of the picture within, what any other thing on a page or screen has at most
_STRAIGHT = 0.55, 0.8  # how much of each edge, and of all four, is there; a garment may hide the rest
_CORNER = 0.02  # of the shorter side: so far in a corner is looked at, as it may be round
_SHARP = 0.9  # of the step from the surround to the paper, how much an edge has
_SOFT = 0.025  # of the shorter side, how wide an edge is at most, as a picture was made larger or smaller
_STRIP = 0.03  # of the shorter side: how wide the strip within the edge is which is bare
_BARE = 0.75  # how much of that strip is
_EVEN = 4.0  # grey levels that paper usually differs from its colour; cloth differs by more
_OTHER = 20.0  # grey levels by which the garment differs from the paper
_TAKEN = (0.02, 0.9)  # share of the picture that the garment covers
_MOST = 3  # frames within each other

Area = tuple[slice, slice]


class FrameContent(NamedTuple):
    """The rows and columns of a picture within another, and a sentence on what was taken away."""

    area: Area
    explanation: str


def without_frames(rgb: Pixels, alpha: Pixels) -> FrameContent | None:
    """The picture within a picture, RGB [H, W, 3] with opacity [H, W]; None where there is none."""
    if alpha.min() < 255:
        return None
    height, width = alpha.shape
    top, left, bottom, right = 0, 0, height, width
    around: list[tuple[str, Floats]] = []
    while len(around) < _MOST and (found := _within(rgb[top:bottom, left:right])) is not None:
        rows, columns = found[0]
        top, bottom = top + rows.start, top + rows.stop
        left, right = left + columns.start, left + columns.stop
        around.append(found[1:])
    if not around:
        return None
    explanation = (
        f"The picture lies within {_in_words(around)}: {right - left} × {bottom - top} of the "
        f"{width} × {height} pixels were taken for the picture itself."
    )
    return FrameContent((slice(top, bottom), slice(left, right)), explanation)


def _in_words(around: list[tuple[str, Floats]]) -> str:
    """What surrounds a picture; rings of nearly one colour, as JPEG makes of one, are one."""
    words = list[str]()
    for number, (kind, colour) in enumerate(around):
        before = around[number - 1] if number else None
        if before is None or kind != before[0] or np.abs(colour - before[1]).max() > _OTHER:
            words.append(f"{kind} ({', '.join(f'{level:.0f}' for level in colour)} of 255)")
    return " and ".join(words)


def _within(rgb: Pixels) -> tuple[Area, str, Floats] | None:
    """The innermost area of one surround, what the surround is, and its colour."""
    if min(rgb.shape[:2]) <= _LEAST:
        return None
    picture = rgb.astype(np.float32)
    sides = np.concatenate([picture[:, 0], picture[:, -1]]), np.concatenate([picture[0], picture[-1]])
    first, second = (commonest(each) for each in sides)
    surrounds = [first] if np.abs(first - second).max() < 1 else [first, second]
    for surround in surrounds:
        off = distance(picture - surround)
        if (area := _rectangle(off)) is None or (area := _inset(off, area)) is None:
            continue
        if _is_a_picture(rgb[area]):
            return area, _named(area, rgb.shape[0], rgb.shape[1]), surround
    return None


def _rectangle(off: Floats) -> Area | None:
    """The one large rectangle of all that is off the surround by so many grey levels, [H, W]."""
    other = off > _SAME
    pieces, count = ndimage.label(other)
    if not count:
        return None
    areas: list[Area] = ndimage.find_objects(pieces)
    sizes = np.array([(rows.stop - rows.start) * (columns.stop - columns.start) for rows, columns in areas])
    largest = int(sizes.argmax())
    area, size = areas[largest], sizes[largest]
    rows, columns = area
    apart = np.array([_apart(each, area) for each in areas])
    height, width = off.shape
    across = columns.start > 0 and columns.stop < width
    down = rows.start > 0 and rows.stop < height
    least = _SHARE[across and down] * off.size  # a small rectangle on all sides of paper is a garment with a print
    if (sizes[apart] > _OTHERS * size).any() or size < least or size == off.size:
        return None
    if min(other[area].shape) < _LEAST or not (across or down) or not _straight(pieces[area] == largest + 1):
        return None
    return area


def _apart(one: Area, other: Area) -> bool:
    """Whether two areas have nothing in common."""
    return any(a.stop <= b.start or b.stop <= a.start for a, b in zip(one, other, strict=True))


def _straight(piece: Mask) -> bool:
    """Whether a piece, cut out of its picture, has the four edges and corners of a rectangle."""
    inwards = max(1, round(_CORNER * min(piece.shape)))
    lines = [piece[each : inwards + 1].any(axis=0) for each in (0,)] + [piece[-inwards - 1 :].any(axis=0)]
    lines += [piece[:, : inwards + 1].any(axis=1), piece[:, -inwards - 1 :].any(axis=1)]
    shares = [float(line.mean()) for line in lines]
    corners = piece[np.ix_([inwards, -inwards - 1], [inwards, -inwards - 1])]
    return min(shares) >= _STRAIGHT[0] and sum(shares) / 4 >= _STRAIGHT[1] and bool(corners.all())


def _inset(off: Floats, area: Area) -> Area | None:
    """The area without its soft edges; None where an edge is so soft that it is none, as where light fades."""
    inside = off[area]
    shorter = min(inside.shape)
    strip, widest = max(2, round(_STRIP * shorter)), max(2, round(_SOFT * shorter))
    starts = []
    for turned in (inside, inside[::-1], inside.T, inside.T[::-1]):
        steps = np.median(turned[: widest + strip], axis=1)
        reached = np.flatnonzero(steps[: widest + 1] >= _SHARP * np.median(steps[strip:]))
        if not reached.size:
            return None
        starts.append(int(reached[0]))
    rows, columns = area
    top, bottom, left, right = starts
    return slice(rows.start + top, rows.stop - bottom), slice(columns.start + left, columns.stop - right)


def _is_a_picture(rgb: Pixels) -> bool:
    """Whether there is bare paper along the edges of RGB [h, w, 3], and something on it."""
    found = against_background(rgb, np.full(rgb.shape[:2], 255, np.uint8))
    taken = found.density > _OTHER
    strip = rim_of(taken.shape[0], taken.shape[1], max(2, round(_STRIP * min(taken.shape))))
    uneven = float(np.median(distance(found.picture - found.paper)[strip]))
    return bool(uneven <= _EVEN and (~taken[strip]).mean() >= _BARE and _TAKEN[0] <= taken.mean() <= _TAKEN[1])


def _named(area: Area, height: int, width: int) -> str:
    """What surrounds an area."""
    rows, columns = area
    across = columns.start > 0 and columns.stop < width
    down = rows.start > 0 and rows.stop < height
    return "a frame" if across and down else "bars left and right" if across else "bars above and below"
