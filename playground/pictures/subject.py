"""Several things in one picture: the images of the data set show one, so one is taken.

A garment drawn in parts must stay whole. So things are told apart only by a bare strip from edge to edge of the
picture: a wide one, or a narrow one between two side by side that are alike, as the shoes of a pair are.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PIL import Image

from playground.pictures.background import Floats
from playground.pictures.masks import Mask, shared

_NARROW = 0.02  # of the longest side of all that is there: no strip is narrower
_WIDE = 2.5 / 28  # of the longest side of the largest thing: such a strip lies between two things in any case
_ALIKE = 0.75  # of what two outlines cover together, what both cover
_SAME_LENGTH = 0.8  # of the longer thing's side along a strip, what that of the other has at least
_SLIM = 0.45  # side across a strip over the one along it: a half of an open coat, or a leg, has less
_CAPTION = 0.15  # of the largest thing's ink: what has less is no part of it
_MOST = 12  # things next to each other: a page of writing has more
_SIDE = 32  # pixels of the outlines that are laid over each other

_ACROSS, _DOWN = 1, 0
_WHERE = {_ACROSS: "side by side", _DOWN: "one above the other"}


class _Thing(NamedTuple):
    """What lies between two strips: its first and last place on the axis, how much ink it is, and its outline."""

    start: int
    stop: int
    amount: float
    outline: Mask


def one_of_several(density: Floats, ink: Mask) -> tuple[Mask, str] | None:
    """The ink of one of several things and a sentence; None where there is but one, or perhaps one in parts.

    Args:
        density: How far each pixel is from the background, [H, W].
        ink: Which of them belong to a thing, [H, W].
    """
    said = []
    for axis, where in _WHERE.items():
        if (found := _largest(density, ink, axis)) is not None:
            ink, alike = found
            kind = "Things that are alike" if alike else "Several things"
            said.append(f"{kind} lie {where}; the data show one at a time, so the largest was taken.")
    return (ink, " ".join(said)) if said else None


def _largest(density: Floats, ink: Mask, axis: int) -> tuple[Mask, bool] | None:
    """The ink of the largest of several things along an axis, and whether some of them are alike."""
    things = _things(density, ink, axis)
    largest = max(things, key=lambda thing: thing.amount)
    if not 1 < len(things) <= _MOST or any(_a_part(each, largest, axis) for each in things):
        return None
    wide = _WIDE * max(largest.outline.shape)
    pairs = [axis == _ACROSS and _alike(one.outline, other.outline) for one, other in pairwise(things)]
    groups = [[things[0]]]
    for before, thing, alike in zip(things[:-1], things[1:], pairs, strict=True):
        if alike or thing.start - before.stop >= wide:
            groups.append([])
        groups[-1].append(thing)
    if len(groups) == 1:
        return None
    taken = max(groups, key=lambda group: sum(thing.amount for thing in group))
    places = np.arange(ink.shape[axis])
    here = (places >= taken[0].start) & (places < taken[-1].stop)
    return ink & np.expand_dims(here, 1 - axis), any(pairs)


def _things(density: Floats, ink: Mask, axis: int) -> list[_Thing]:
    """All that lies between bare strips across an axis, in order."""
    taken = [np.flatnonzero(ink.any(axis=1 - each)) for each in (_DOWN, _ACROSS)]
    narrowest = max(2, _NARROW * max(int(np.ptp(places)) for places in taken))
    places = taken[axis]
    breaks = np.flatnonzero(np.diff(places) > narrowest)
    starts, stops = places[np.append(0, breaks + 1)], places[np.append(breaks, -1)] + 1
    return [_thing(density, ink, axis, int(start), int(stop)) for start, stop in zip(starts, stops, strict=True)]


def _thing(density: Floats, ink: Mask, axis: int, start: int, stop: int) -> _Thing:
    where = (slice(None), slice(start, stop)) if axis == _ACROSS else (slice(start, stop), slice(None))
    outline = ink[where]
    other = np.flatnonzero(outline.any(axis=axis))
    amount = float(density[where][outline].sum())
    return _Thing(start, stop, amount, outline.take(range(other[0], other[-1] + 1), axis=1 - axis))


def _a_part(thing: _Thing, largest: _Thing, axis: int) -> bool:
    """Whether it belongs to a garment in parts: slim and as long as the rest, as legs and halves of a coat are."""
    along, across = thing.outline.shape[1 - axis], thing.outline.shape[axis]
    as_long = along >= _SAME_LENGTH * largest.outline.shape[1 - axis]
    return thing is not largest and as_long and across < _SLIM * along and thing.amount > _CAPTION * largest.amount


def _alike(one: Mask, other: Mask) -> bool:
    """Whether two outlines are as high and the same, or the same when one is mirrored."""
    low, high = sorted((one.shape[0], other.shape[0]))
    first, second = _at_one_size(one), _at_one_size(other)
    return low >= _SAME_LENGTH * high and max(shared(first, second), shared(first, second[:, ::-1])) >= _ALIKE


def _at_one_size(outline: Mask) -> Mask:
    return np.asarray(Image.fromarray(outline).resize((_SIDE, _SIDE))) > 0
