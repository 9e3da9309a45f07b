"""Backpacks and suitcases, which stand higher than wide, and the handle that all bags have."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.sheet import MARK, PANEL, TRIM, Points, Sheet, arc, both, box, ellipse, softened


def grip(x: float, reach: float, y: float, high: float, square: bool) -> Points:
    """The line of a handle over (x, y), reaching so far to both sides."""
    if square:
        low, top = y + 0.04, y - high
        return np.array([(x - reach, low), (x - reach, top), (x + reach, top), (x + reach, low)])
    return arc(x, y + 0.02, reach, high, 180, 360)


def backpack(sheet: Sheet) -> None:
    """Round above, with a loop, pockets, a lid, straps."""
    wide, deep, dome = sheet.between(0.4, 0.62), sheet.between(1.0, 1.5), sheet.between(0.2, 0.5)
    belly = wide * sheet.between(0.95, 1.12)
    below = [(belly, deep * 0.9), (wide, deep), (-wide, deep), (-belly, deep * 0.9)]
    sheet.cloth(softened(np.concatenate([arc(0, dome, wide, dome, 180, 360), below]), sheet.count(0, 1)))
    if sheet.chance(0.75):
        loop = grip(0, wide * sheet.between(0.2, 0.4), 0.03, sheet.between(0.08, 0.22), sheet.chance(0.4))
        sheet.band(loop, sheet.between(0.05, 0.09))
    _outside(sheet, wide, deep)
    _pocket(sheet, wide, deep)
    _above_the_pocket(sheet, wide, deep, dome)
    if sheet.chance(0.4):
        x, thick, low = wide * sheet.between(0.3, 0.55), sheet.between(0.04, 0.08), deep * sheet.between(0.5, 1.0)
        buckled = sheet.chance(0.5)
        for strap in both([(x, deep * 0.05), (x, low)]):
            sheet.seam(strap, thick)
        for buckle in both(box(x - 0.07, deep * 0.45, x + 0.07, deep * 0.55)):
            if buckled:
                sheet.part(buckle, MARK)


def _outside(sheet: Sheet, wide: float, deep: float) -> None:
    """A mat on top, pockets and straps at the sides."""
    if sheet.chance(0.18):  # a rolled mat on top
        high = sheet.between(0.08, 0.14)
        sheet.cloth(box(-wide * 1.1, 0.02 - 2 * high, wide * 1.1, 0.02, high))
        sheet.seam([(-wide, 0.02), (wide, 0.02)])
    if sheet.chance(0.45):
        top, side = deep * sheet.between(0.5, 0.65), wide * sheet.between(1.15, 1.35)
        for pocket in both(box(wide * 0.9, top, side, deep * 0.97, 0.08)):
            sheet.cloth(pocket)
    if sheet.chance(0.35):
        bow, thick = (wide * sheet.between(1.15, 1.4), deep * 0.5), sheet.between(0.05, 0.09)
        for strap in both([(wide * 0.9, deep * 0.3), bow, (wide * 0.95, deep * 0.85)]):
            sheet.band(strap, thick)


def _pocket(sheet: Sheet, wide: float, deep: float) -> None:
    """The one in front."""
    if sheet.chance(0.75):
        y, reach = deep * sheet.between(0.5, 0.66), wide * sheet.between(0.55, 0.85)
        front = box(-reach, y, reach, deep * sheet.between(0.86, 0.98), sheet.one_of(0.03, 0.12))
        if sheet.chance(0.5):
            sheet.part(front, PANEL)
        sheet.edge(front)
        if sheet.chance(0.5):
            sheet.seam([(-reach, y + 0.1), (reach, y + 0.1)])


def _above_the_pocket(sheet: Sheet, wide: float, deep: float, dome: float) -> None:
    detail = sheet.one_of("lid", "lid", "arc", "badge", "zip", "nothing")
    if detail == "lid":
        y = deep * sheet.between(0.25, 0.42)
        sheet.seam([(-wide * 1.1, y), (wide * 1.1, y)], sheet.between(0.03, 0.06))
        if sheet.chance(0.5):
            sheet.part(box(-wide * 1.4, y, wide * 1.4, deep * 1.1), PANEL)
    elif detail == "arc":
        sheet.seam(arc(0, dome, wide * 0.7, dome * 0.75, 190, 350))
    elif detail == "badge":
        sheet.part(ellipse(0, deep * 0.3, 0.1, 0.1), MARK)
    elif detail == "zip":
        y = deep * sheet.between(0.2, 0.4)
        sheet.seam([(-wide / 2, y), (wide / 2, y)], 0.04)


def suitcase(sheet: Sheet) -> None:
    """A box with a handle, perhaps on wheels; ribs, bars, a lid."""
    wide, deep = sheet.between(0.36, 0.55), sheet.between(0.8, 1.2)
    sheet.cloth(box(-wide, 0, wide, deep, sheet.between(0.03, 0.16)))
    reach = wide * sheet.between(0.3, 0.6)
    sheet.band(grip(0, reach, 0.0, sheet.between(0.1, 0.5), sheet.chance(0.7)), sheet.between(0.05, 0.09))
    if sheet.chance(0.6):
        size = sheet.between(0.04, 0.09)
        for wheel in both(ellipse(wide * 0.65, deep + size * 0.6, size, size)):
            sheet.cloth(wheel)
    _case_front(sheet, wide, deep)
    if sheet.chance(0.25):
        for strap in both(box(wide * 0.3, -0.02, wide * 0.5, deep * 1.02)):
            sheet.part(strap, TRIM)


def _case_front(sheet: Sheet, wide: float, deep: float) -> None:
    """Ribs, bars or a lid on a suitcase."""
    front, thick = sheet.one_of("ribs", "bars", "lid", "nothing"), sheet.between(0.03, 0.09)
    if front == "ribs":
        for x in np.linspace(-wide * 0.6, wide * 0.6, sheet.count(2, 4)):
            sheet.seam([(x, deep * 0.08), (x, deep * 0.92)], thick)
    elif front == "bars":
        open_work = sheet.chance(0.3)
        for y in np.linspace(deep * 0.2, deep * 0.8, sheet.count(2, 3)):
            if open_work:
                sheet.hole(box(-wide * 0.75, y - 0.05, wide * 0.75, y + 0.06))
            else:
                sheet.seam([(-wide * 0.8, y), (wide * 0.8, y)], thick)
    elif front == "lid":
        sheet.edge(box(-wide * 0.7, deep * 0.15, wide * 0.7, deep * 0.85, 0.06))
