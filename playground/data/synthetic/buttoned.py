"""Shirts and coats: what is open in front."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.sheet import MARK, TRIM, Sheet, both, box, whole
from playground.data.synthetic.tops import Sleeve, buttons, collar, hood, neckline, sleeved

_OF_SHIRTS = {
    "long": Sleeve(length=(0.8, 1.12), angle=(35, 82), top=(0.24, 0.34), cuff=(0.14, 0.2)),
    "short": Sleeve(length=(0.3, 0.5), angle=(15, 70), top=(0.26, 0.36), cuff=(0.22, 0.32)),
}
_OF_COATS = Sleeve(length=(0.75, 1.15), angle=(45, 84), top=(0.24, 0.34), cuff=(0.16, 0.28))


def shirt(sheet: Sheet) -> None:
    """A collar, buttons all the way down, long sleeves or short ones."""
    neck, shoulder = sheet.between(0.14, 0.22), sheet.between(0.42, 0.54)
    rise, depth = sheet.between(0.02, 0.08), sheet.between(0.08, 0.3)
    chest, length = shoulder * sheet.between(0.84, 1.0), sheet.between(1.0, 1.4)
    hem = chest * sheet.between(0.92, 1.1)
    widths = (neck, shoulder, chest, chest * sheet.between(0.86, 1), hem)
    curve, sleeve = sheet.between(-0.06, 0.1), _OF_SHIRTS["long" if sheet.chance(0.7) else "short"]
    sleeved(sheet, widths, sleeve, rise=rise, length=length, seamed=0.4, curve=curve)
    sheet.hole(neckline(neck * 0.85, rise, depth, "pointed"))
    if sheet.chance(0.9):
        collar(sheet, neck, rise, depth)
    _placket(sheet, chest, depth, length)
    if sheet.chance(0.15):  # striped
        for x in np.arange(-chest, chest, sheet.between(0.1, 0.18)):
            sheet.seam([(x, 0.1), (x, length)], 0.02)


def _placket(sheet: Sheet, chest: float, depth: float, length: float) -> None:
    """Where a shirt is buttoned, and the pockets beside it."""
    if sheet.chance(0.5):
        for side in both([(sheet.between(0.04, 0.07), depth), (0.05, length)]):
            sheet.seam(side, 0.02)
    else:
        sheet.seam([(0, depth), (0, length)])
    if sheet.chance(0.75):
        buttons(sheet, depth + 0.12, length * 0.88, sheet.count(3, 6))
    if sheet.chance(0.45):
        left, top, size = chest * 0.28, sheet.between(0.3, 0.42), sheet.between(0.16, 0.22)
        for pocket in both(box(left, top, left + size, top + 1.1 * size))[: sheet.count(1, 2)]:
            sheet.edge(pocket)


def coat(sheet: Sheet) -> None:
    """Long sleeves, open in front or buttoned, with lapels, pockets, a belt."""
    neck, shoulder = sheet.between(0.14, 0.24), sheet.between(0.4, 0.54)
    rise, length = sheet.between(0.02, 0.1), sheet.between(1.15, 1.9)
    chest = shoulder * sheet.between(0.85, 1.0)
    waist, hem = chest * sheet.between(0.82, 1.0), chest * sheet.between(0.95, 1.35)
    sleeved(sheet, (neck, shoulder, chest, waist, hem), _OF_COATS, rise=rise, length=length, seamed=0.6)
    closed = sheet.between(0.3, 0.6)
    _open_front(sheet, neck, rise, closed, length)
    if sheet.chance(0.2):
        hood(sheet, neck, 2)
    if sheet.chance(0.6):
        for x in sheet.one_of((0.06,), (-0.07,), (-0.14, 0.14)):
            buttons(sheet, closed, length * 0.85, sheet.count(3, 5), x)
    _pockets(sheet, chest, length)
    if sheet.chance(0.3):
        belt = sheet.between(0.6, 0.8)
        sheet.part(box(-waist * 1.02, belt, waist * 1.02, belt + 0.08), TRIM)
    if sheet.chance(0.2):  # quilted
        for y in np.arange(0.25, length, sheet.between(0.14, 0.22)):
            sheet.seam([(-chest, y), (chest, y)])


def _pockets(sheet: Sheet, chest: float, length: float) -> None:
    """A coat's two below, and the one on its chest."""
    if sheet.chance(0.55):
        y, left = sheet.between(0.62, 0.8) * min(length, 1.4), chest * 0.4
        right = left + sheet.between(0.12, 0.2)
        pocket = [(left, y), (right, y + sheet.between(-0.02, 0.1)), (right, y + 0.22), (left, y + 0.2)]
        patch = sheet.chance(0.5)
        for side in both(pocket):
            if patch:
                sheet.edge(side)
            else:
                sheet.seam(side[:2])
    if sheet.chance(0.2):
        sheet.edge(box(chest * 0.3, 0.4, chest * 0.7, 0.56))


def _open_front(sheet: Sheet, neck: float, rise: float, closed: float, length: float) -> None:
    """Open, so that the lining or the background shows, or closed to the neck; lapels, braids."""
    if sheet.chance(0.35):
        gap = sheet.between(0.02, 0.16)
        below = gap * sheet.between(0.6, 1.6)
        strip = whole([(neck * 0.8, -rise - 0.1), (gap * 0.6, closed), (below, length + 0.1)])
        if sheet.chance(0.6):
            sheet.hole(strip)
        else:
            sheet.part(strip, TRIM)
        if sheet.chance(0.8):  # the back of its collar
            sheet.cloth(box(-neck, -rise, neck, sheet.between(0.0, 0.06)))
    else:
        sheet.hole(
            neckline(neck * 0.8, rise, sheet.between(0.04, 0.3), sheet.one_of("pointed", "pointed", "round"))
        )
        sheet.seam([(0, 0.1), (0, length)], sheet.between(0.02, 0.05))
    if sheet.chance(0.65):
        lapel = [(neck, -rise), (neck + sheet.between(0.04, 0.14), sheet.between(0.12, 0.3)), (0.02, closed)]
        shaded = sheet.chance(0.5)
        for side in both(lapel):
            if shaded:
                sheet.part(side, TRIM)
            sheet.seam(side)
    if sheet.chance(0.12):
        wide, thick = sheet.between(0.1, 0.22), sheet.between(0.02, 0.035)
        for y in np.linspace(sheet.between(0.1, 0.3), length * sheet.between(0.7, 0.9), sheet.count(4, 7)):
            for side in both(box(0.03, y - thick, wide, y + thick)):
                sheet.part(side, MARK)
