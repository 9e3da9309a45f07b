"""Contact sheets: many garments in rows and columns, as data sets are shown. The first of them is taken.

Three kinds: tiles on a page, garments on one paper with bare strips between, and tiles without a gap. The first
two are found by the strips. Tiles without a gap are found by where they meet: the picture is dark there, or jumps.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from playground.pictures.background import Floats, Pixels, against_background, commonest, distance, rim_of
from playground.pictures.frames import Area, without_frames
from playground.pictures.masks import Mask

_LEAST = 12  # pixels of a tile's shorter side
_INK = 0.08  # of the strongest ink: less is nothing
_CAPTION = 0.4  # of the largest band: what is less is a line of writing
_REGULAR = 0.15  # of the distance between bands: so much it may differ
_ALIKE = 0.35  # of the largest band, what each has at least
_STRIP = 0.1  # of a garment's width or height, how wide the strips between those of a sheet are
_HELD = 0.75  # of all places in a sheet, how many hold something
_MOST = 40  # rows or columns
_LONG = 2.5  # times its shorter side, how long a tile is at most: what is longer is a stripe
_SOLID = 0.97  # of a tile's edge: so much of it is off the page
_OTHER = 20.0  # grey levels by which a garment differs from its tile

_DARK = 0.3  # of the ink in the middle of tiles, what there is at most where they meet
_JUMP = 1.7  # times the usual change from line to line, where tiles meet
_JUMP_OF_TWO = 2.4  # the same for two rows or columns, where there is but one such line
_CORNERS = 0.85  # of the tiles' corners, how many are bare
_LITTLE = 0.06  # of a tile, how much is garment
_RIM = 0.5  # of a tile's rim, how much is bare
_FEWEST = 6  # tiles without a gap: one garment may look like four
_SQUARE = 0.02  # of a tile's side: so much tiles without a gap may be longer than wide
_PIXELS = 28  # of a tile's side: what changes is asked about one of them apart


class TakenFromSheet(NamedTuple):
    """The rows and columns of one garment of a sheet, and a sentence on what was found."""

    area: Area
    explanation: str


def one_of_a_sheet(rgb: Pixels, alpha: Pixels) -> TakenFromSheet | None:
    """The first garment of a sheet, RGB [H, W, 3] with opacity [H, W]; None where it is no sheet."""
    density = _off_the_page(rgb, alpha)
    if density.max() < _OTHER or min(density.shape) < 2 * _LEAST:
        return None
    found = _between_strips(rgb, density)
    if found is None and alpha.min() == 255:
        found = _side_by_side(density)
    if found is None:
        return None
    area, rows, columns = found
    if (framed := without_frames(rgb[area], alpha[area])) is not None:
        area = _inside(area, framed.area)
    explanation = (
        f"The picture is a sheet of {rows} × {columns} things in rows and columns; the data show one at a time, "
        "so the first was taken."
    )
    return TakenFromSheet(area, explanation)


def _off_the_page(rgb: Pixels, alpha: Pixels) -> Floats:
    """How far each pixel is from what is around all, which may be no wider than a line."""
    around = rgb[rim_of(alpha.shape[0], alpha.shape[1], 1)].astype(np.float32)
    page = commonest(around)
    if alpha.min() == 255 and (distance(around - page) < _OTHER / 4).mean() >= _SOLID:
        return distance(rgb.astype(np.float32) - page)
    return against_background(rgb, alpha).density


def _between_strips(rgb: Pixels, density: Floats) -> tuple[Area, int, int] | None:
    """The first of the things between bare strips, and how many rows and columns there are."""
    ink = density > max(_OTHER / 2, _INK * float(density.max()))
    rows, columns = (_bands(np.asarray(ink.any(axis=axis))) for axis in (1, 0))
    count = len(rows) * len(columns)
    if count < 2 or max(len(rows), len(columns)) > _MOST or not (_regular(rows) and _regular(columns)):
        return None
    cells = [[ink[row, column] for column in columns] for row in rows]
    if min(row.stop - row.start for row in (*rows, *columns)) < _LEAST:
        return None
    held = [[bool(cell.any()) for cell in line] for line in cells]
    if np.mean(held) < _HELD or not held[0][0]:
        return None
    tiles = all(
        _solid(cell)
        for line, full in zip(cells, held, strict=True)
        for cell, h in zip(line, full, strict=True)
        if h
    )
    if tiles:
        if not _hold_things([rgb[row, column] for row in rows for column in columns]):
            return None
        return (rows[0], columns[0]), len(rows), len(columns)
    if not (_apart(rows) and _apart(columns)):  # they may be the parts of one
        return None
    area = tuple(_with_room(bands, size) for bands, size in zip((rows, columns), ink.shape, strict=True))
    return (area[0], area[1]), len(rows), len(columns)


def _inside(outer: Area, inner: Area) -> Area:
    """An area within another, in the coordinates of the whole."""
    rows, columns = (slice(a.start + b.start, a.start + b.stop) for a, b in zip(outer, inner, strict=True))
    return rows, columns


def _bands(taken: Mask) -> list[slice]:
    """The stretches of a line [N] where anything is, without those that are lines of writing."""
    places = np.flatnonzero(np.diff(np.concatenate([[False], taken, [False]]).astype(np.int8)))
    bands = [slice(int(start), int(stop)) for start, stop in places.reshape(-1, 2)]
    longest = max(band.stop - band.start for band in bands)
    return [band for band in bands if band.stop - band.start >= _CAPTION * longest]


def _regular(bands: list[slice]) -> bool:
    """Whether bands lie at equal distances."""
    middles = np.array([(band.start + band.stop) / 2 for band in bands])
    pitches = np.diff(middles)
    return pitches.size == 0 or bool(np.abs(pitches - np.median(pitches)).max() <= _REGULAR * np.median(pitches))


def _apart(bands: list[slice]) -> bool:
    """Whether there are several bands, with wide strips between them."""
    widths = [band.stop - band.start for band in bands]
    strips = [after.start - before.stop for before, after in pairwise(bands)]
    return bool(strips) and min(strips) >= _STRIP * np.median(widths)


def _with_room(bands: list[slice], size: int) -> slice:
    """The first band with half of the strip behind it, on both sides."""
    room = (bands[1].start - bands[0].stop) // 2
    return slice(max(0, bands[0].start - room), min(size, bands[0].stop + room))


def _solid(cell: Mask) -> bool:
    """Whether a cell is a tile: filled along its edges, and no stripe."""
    edge = cell[rim_of(cell.shape[0], cell.shape[1], 1)]
    return bool(max(cell.shape) <= _LONG * min(cell.shape) and edge.mean() >= _SOLID)


def _hold_things(tiles: list[Pixels]) -> bool:
    """Whether most tiles have bare edges, and something in their middle."""
    return bool(np.mean([_holds_a_thing(tile) for tile in tiles]) >= _HELD)


def _holds_a_thing(tile: Pixels) -> bool:
    other = against_background(tile, np.full(tile.shape[:2], 255, np.uint8)).density > _OTHER
    return bool(0.02 <= other.mean() <= 0.9)


def _side_by_side(density: Floats) -> tuple[Area, int, int] | None:
    """The first of the square tiles without a gap, and how many rows and columns there are."""
    height, width = density.shape
    for columns in range(min(_MOST, width // _LEAST), 1, -1):
        side = width / columns
        rows = round(height / side)
        if rows < 2 or rows * columns < _FEWEST or abs(height / rows - side) > _SQUARE * side:
            continue
        if _meet(density, rows) and _meet(density.T, columns) and _all_hold(density, rows, columns):
            return (slice(0, round(height / rows)), slice(0, round(side))), rows, columns
    return None


def _meet(density: Floats, count: int) -> bool:
    """Whether `count` tiles meet along the lines of a picture, from line 0 on."""
    side = density.shape[0] / count
    apart = max(1, round(side / _PIXELS))
    lines = density.mean(axis=1)
    change = np.abs(density[apart:] - density[:-apart]).mean(axis=1)
    usual = float(change.mean())
    middles = [lines[round((each + 0.25) * side) : round((each + 0.75) * side)].mean() for each in range(count)]
    for each, (before, after) in enumerate(pairwise(middles), 1):
        seam = round(each * side)
        dark = lines[max(0, seam - apart) : seam + apart].mean() <= _DARK * min(before, after)
        jump = change[max(0, seam - apart) : seam + 1].max() >= (_JUMP if count > 2 else _JUMP_OF_TWO) * usual
        if not (dark or jump):
            return False
    return True


def _all_hold(density: Floats, rows: int, columns: int) -> bool:
    """Whether nearly every tile has bare corners and a bare rim, and something within."""
    tall, wide = (side / n for side, n in zip(density.shape, (rows, columns), strict=True))
    inwards = max(1, round(min(tall, wide) / _PIXELS))
    bare, corners = list[bool](), list[bool]()
    for row in range(rows):
        for column in range(columns):
            tile = density[
                round(row * tall) : round((row + 1) * tall), round(column * wide) : round((column + 1) * wide)
            ]
            ink = tile > _OTHER
            rim = rim_of(ink.shape[0], ink.shape[1], inwards)
            corners.extend((~ink[np.ix_([0, -1], [0, -1])]).ravel())
            bare.append(bool((~ink[rim]).mean() >= _RIM and ink[~rim].mean() >= _LITTLE))
    return bool(np.mean(bare) >= _HELD and np.mean(corners) >= _CORNERS)
