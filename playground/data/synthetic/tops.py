"""What is worn above the waist. Half a garment's width is about 0.5, its shoulders are at y = 0."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playground.data.synthetic.sheet import (
    MARK,
    PANEL,
    TRIM,
    Points,
    Sheet,
    arc,
    both,
    box,
    ellipse,
    softened,
    whole,
)


class Sleeve(NamedTuple):
    """Ranges of its length, its angle in degrees (90 hangs down), and its width at the top and at the cuff."""

    length: tuple[float, float]
    angle: tuple[float, float]
    top: tuple[float, float]
    cuff: tuple[float, float]


_OF_T_SHIRTS = Sleeve(length=(0.25, 0.5), angle=(8, 75), top=(0.26, 0.38), cuff=(0.22, 0.34))
_OF_PULLOVERS = Sleeve(length=(0.8, 1.15), angle=(35, 82), top=(0.26, 0.36), cuff=(0.15, 0.24))


def t_shirt(sheet: Sheet) -> None:
    """Short sleeves or none, a round or pointed neck, perhaps a print."""
    neck, shoulder = sheet.between(0.14, 0.26), sheet.between(0.42, 0.56)
    rise, depth = sheet.between(0.02, 0.1), sheet.between(0.06, 0.22)
    length = sheet.between(0.95, 1.4)
    shape = sheet.one_of("round", "round", "pointed", "shallow")
    if sheet.chance(0.2):
        depth = sheet.between(0.15, 0.4)
        shoulder, chest = neck + sheet.between(0.08, 0.18), sheet.between(0.38, 0.5)
        hem = chest * sheet.between(0.92, 1.1)
        waist = chest * sheet.between(0.88, 1)
        above = [(neck, -rise), (shoulder, -rise), (shoulder + 0.02, 0.15)]
        sheet.cloth(whole([*above, (chest, 0.36), (waist, 0.75), (hem, length)]))
    else:
        chest = shoulder * sheet.between(0.82, 1.0)
        hem = chest * sheet.between(0.9, 1.1)
        widths = (neck, shoulder, chest, chest * sheet.between(0.88, 1.02), hem)
        sleeved(sheet, widths, _OF_T_SHIRTS, rise=rise, length=length, seamed=0.35)
    _trimmed_neck(sheet, 0.4, neck, rise, depth, shape)
    if sheet.chance(0.22):  # a polo shirt
        collar(sheet, neck, rise, depth)
        sheet.seam([(0, depth), (0, depth + sheet.between(0.15, 0.3))])
    elif sheet.chance(0.3):
        printed(sheet, chest)
    if sheet.chance(0.12):
        sheet.seam([(-hem, length - 0.08), (hem, length - 0.08)])


def pullover(sheet: Sheet) -> None:
    """Long sleeves, closed in front; cuffs, a roll neck or a hood."""
    neck, shoulder = sheet.between(0.14, 0.24), sheet.between(0.42, 0.54)
    rise, depth = sheet.between(0.02, 0.1), sheet.between(0.05, 0.16)
    chest, length = shoulder * sheet.between(0.85, 1.0), sheet.between(0.95, 1.3)
    hem = chest * sheet.between(0.85, 1.05)
    widths = (neck, shoulder, chest, chest * sheet.between(0.92, 1.02), hem)
    sleeved(sheet, widths, _OF_PULLOVERS, rise=rise, length=length, seamed=0.5)
    if sheet.chance(0.3):
        _hooded(sheet, neck, chest)
    elif sheet.chance(0.25):
        sheet.cloth(box(-neck, -0.2, neck, 0.05))
        sheet.seam([(-neck, -0.03), (neck, -0.03)])
    else:
        shape = sheet.one_of("round", "round", "pointed")
        _trimmed_neck(sheet, 0.5, neck, rise, depth, shape)
    if sheet.chance(0.6):
        band = length - sheet.between(0.08, 0.14)
        if sheet.chance(0.5):
            sheet.part(box(-hem * 1.02, band, hem * 1.02, length + 0.05), TRIM)
        else:
            sheet.seam([(-hem, band), (hem, band)])
    if sheet.chance(0.3):
        printed(sheet, chest)


def _trimmed_neck(sheet: Sheet, trimmed: float, neck: float, rise: float, depth: float, shape: str) -> None:
    """The opening of the neck, with a trimming around it so often."""
    if sheet.chance(trimmed):
        sheet.part(neckline(neck + 0.05, rise, depth + 0.06, shape), TRIM)
    sheet.hole(neckline(neck, rise, depth, shape))


def _hooded(sheet: Sheet, neck: float, chest: float) -> None:
    hood(sheet, neck, 3)
    for cord in both([(0.06, 0.1), (0.07, sheet.between(0.25, 0.4))]):
        sheet.seam(cord)
    if sheet.chance(0.6):
        wide = chest * 0.6
        sheet.edge([(-wide * 0.6, 0.72), (wide * 0.6, 0.72), (wide, 0.95), (-wide, 0.95)])


# --------------------------------------------------------------------------- what tops are made of


def sleeved(
    sheet: Sheet,
    widths: tuple[float, float, float, float, float],
    sleeve: Sleeve,
    *,
    rise: float,
    length: float,
    seamed: float,
    curve: float = 0.0,
) -> None:
    """Trunk and sleeves, with a seam between them so often: half widths of neck, shoulders, chest, waist and hem.

    The neck rises so far above the shoulders, the hem lies at `length` and curves down in its middle.
    """
    neck, shoulder, chest, waist, hem = widths
    middle = 0.3 + 0.5 * (length - 0.3)
    right = [
        (neck, -rise),
        (shoulder, 0.03),
        (chest, 0.3),
        (waist, middle),
        (hem, length),
        (0.3 * hem, length + curve),
    ]
    sheet.cloth(whole(right))
    sleeves(sheet, shoulder, sleeve)
    if sheet.chance(seamed):
        _armholes(sheet, shoulder, chest)


def sleeves(sheet: Sheet, shoulder: float, sleeve: Sleeve) -> None:
    """Both sleeves."""
    long, turn = sheet.between(*sleeve.length), np.radians(sheet.between(*sleeve.angle))
    upper, lower = sheet.between(*sleeve.top), sheet.between(*sleeve.cuff)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    start, inner = np.array([shoulder, 0.04]), np.array([shoulder - 0.16, 0.14])
    end = start + long * along
    under = [end + lower * across, start + upper * across, inner + np.array([0, 0.2])]
    outline = np.array([inner, start, end, *under])
    deep = sheet.one_of(0.0, 0.0, 0.06, 0.1)
    band = np.array([end, under[0], under[0] - deep * along, end - deep * along])
    shaded, seamed = sheet.chance(0.33), sheet.chance(0.5)
    for side, strip in zip(both(outline), both(band), strict=True):
        sheet.cloth(side)
        if shaded:
            sheet.part(side, PANEL)
        if deep and seamed:
            sheet.seam(strip[2:])
        elif deep:
            sheet.part(strip, TRIM)


def _armholes(sheet: Sheet, shoulder: float, chest: float) -> None:
    """The seams between trunk and sleeves."""
    middle, low = (shoulder - sheet.between(0.02, 0.1), 0.2), (chest - 0.01, sheet.between(0.28, 0.42))
    for side in both([(shoulder - 0.03, 0.06), middle, low]):
        sheet.seam(side)


def neckline(neck: float, rise: float, depth: float, shape: str) -> Points:
    """What the neck leaves open: half as wide as `neck` says, and so deep below the shoulders."""
    above = [(-neck, -rise - 0.1), (neck, -rise - 0.1)]
    if shape == "pointed":
        return np.array([*above, (neck, -rise), (0, depth), (-neck, -rise)])
    share = 0.35 if shape == "shallow" else 1.0
    return np.concatenate([above, arc(0, -rise, neck, rise + share * depth, 0, 180)])


def collar(sheet: Sheet, neck: float, rise: float, depth: float) -> None:
    """Two flaps that meet in the middle."""
    high = (neck, -rise - sheet.between(0.02, 0.08))
    tip = (neck * 0.6, depth + sheet.between(0.05, 0.14))
    outline = [(0.02, depth * 0.9), high, (neck + sheet.between(0.03, 0.1), sheet.between(0.02, 0.1)), tip]
    for flap in both(outline):
        sheet.cloth(flap)
        sheet.part(flap, TRIM)
        sheet.seam(flap[[1, 2, 3, 0]])


def hood(sheet: Sheet, neck: float, rounds: int) -> None:
    """A hood, thrown back."""
    sheet.cloth(softened(whole([(neck + 0.06, -0.3), (neck + 0.13, 0.06)]), rounds))
    if sheet.chance(0.7):
        sheet.part(softened(whole([(neck * 0.8, -0.22), (neck, 0.02), (0, 0.16)]), rounds - 1), TRIM)


def buttons(sheet: Sheet, top: float, bottom: float, count: int, x: float = 0.0) -> None:
    """A row of buttons."""
    size = sheet.between(0.018, 0.035)
    for y in np.linspace(top, bottom, count):
        sheet.part(ellipse(x, y, size, size), MARK)


def printed(sheet: Sheet, width: float) -> None:
    """A disc, a box, a diamond or stripes on the chest."""
    y, size = sheet.between(0.3, 0.5), sheet.between(0.1, 0.24)
    shape = sheet.one_of("disc", "box", "stripes", "diamond")
    if shape == "disc":
        sheet.part(ellipse(0, y, size, size), MARK)
    elif shape == "box":
        sheet.part(box(-size * 1.3, y - 0.7 * size, size * 1.3, y + 0.7 * size), MARK)
    elif shape == "diamond":
        sheet.part([(0, y - size), (size, y), (0, y + size), (-size, y)], MARK)
    else:
        for below in np.arange(sheet.count(1, 3)) * 0.16:
            sheet.part(box(-width * 0.95, y + below, width * 0.95, y + below + 0.08), MARK)
