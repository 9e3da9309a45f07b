"""Sneakers and ankle boots from the side, the toe at x = 0 and the heel at x = 1, the ground at y = 0."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.sheet import MARK, PANEL, TRIM, Points, Sheet, arc, box, ellipse, softened

_TILTS = (8.0, 8.0, 30.0)  # degrees: a shoe is drawn standing, now and then stepping


def sneaker(sheet: Sheet) -> None:
    """Low, now and then up to the ankle, on an even sole; laces, a toe cap, stripes."""
    sheet.tilt = sheet.one_of(*_TILTS)
    thick, toe = sheet.between(0.05, 0.16), sheet.between(0.13, 0.26)
    high = sheet.chance(0.28)
    height = sheet.between(0.6, 0.85) if high else sheet.between(0.3, 0.55)
    opening, heel, throat = sheet.between(0.52, 0.66), sheet.between(0.94, 1.0), sheet.between(0.28, 0.45)
    tongue, dip = sheet.between(0.0, 0.1), sheet.between(0, 0.1)
    top, instep = -thick - height, -thick - toe
    upper = [
        (0.0, -thick * 0.6),
        (0.0, -thick - toe * 0.4),
        (0.06, -thick - toe * 0.85),
        (0.18, instep),
        (throat, instep - 0.08),
        (opening - 0.04, top - tongue),
        (opening + 0.06, top - tongue * 0.9),
        (opening + 0.1, top + dip),
        (heel - 0.1, top + dip * 1.2),
        (heel, top - sheet.between(0, 0.06)),
        (1.0, -thick - height / 2),
        (0.985, -thick * 0.6),
    ]
    sheet.cloth(softened(upper, sheet.one_of(1, 2, 2)))
    _sole(sheet, thick, 0.0, sheet.between(0, 0.06))
    if sheet.chance(0.7):
        sheet.seam([(0, -thick - 0.01), (1, -thick - 0.01)], sheet.between(0.02, 0.04))
    if sheet.chance(0.15):  # cleats
        for x in np.linspace(0.08, 0.92, sheet.count(4, 6)):
            sheet.cloth(box(x - 0.035, -0.02, x + 0.035, sheet.between(0.05, 0.08)))
    if sheet.chance(0.75):
        _laces(sheet, (throat, instep - 0.03), (opening - 0.02, top - tongue + 0.06), sheet.between(0.08, 0.16))
    if sheet.chance(0.9 if high else 0.4):
        edge = [(sheet.between(0.14, 0.24), -thick - toe * 1.1), (sheet.between(0.18, 0.28), -thick)]
        if sheet.chance(0.6):
            sheet.part(softened([(-0.02, -thick), (-0.02, -thick - toe * 1.1), *edge], 1), TRIM)
        sheet.seam(edge)
    _side(sheet, thick, height)
    if sheet.chance(0.35):
        sheet.part([(0.86, -thick), (1.05, -thick), (1.05, top - 0.1), (0.9, -thick - height * 0.8)], PANEL)
    _perhaps_a_pair(sheet)


def _side(sheet: Sheet, thick: float, height: float) -> None:
    """What is on a sneaker's side."""
    mark = sheet.one_of("stripes", "swing", "disc", "seam", "nothing", "nothing")
    if mark == "stripes":
        for x in 0.5 + 0.1 * np.arange(sheet.count(1, 3)):
            sheet.seam([(x, -thick - 0.02), (x + 0.1, -thick - height * 0.75)], 0.04)
    elif mark == "swing":
        sheet.seam(arc(0.55, -thick - 0.35, 0.28, 0.28, 150, 50), sheet.between(0.03, 0.05))
    elif mark == "disc":
        sheet.part(ellipse(0.78, -thick - height * 0.65, 0.09, 0.09), MARK)
    elif mark == "seam":
        sheet.seam([(0.72, -thick), (0.78, -thick - height * 0.8)])


def boot(sheet: Sheet) -> None:
    """A shaft above the ankle, with or without a heel; laces, elastic, a cuff, straps."""
    sheet.tilt = sheet.one_of(*_TILTS)
    thick, heel = sheet.between(0.03, 0.1), sheet.one_of(0.0, sheet.between(0.05, 0.12), sheet.between(0.12, 0.3))
    height, toe, instep = sheet.between(0.65, 1.25), sheet.between(0.13, 0.26), sheet.between(0.32, 0.5)
    flare, lean = sheet.between(-0.05, 0.1), sheet.between(-0.06, 0.06)
    front, top, ankle = 1 - sheet.between(0.36, 0.52), -thick - height, -thick - instep
    left, right = front - flare + lean, 1.0 + flare + lean
    upper = [
        (0.0, -thick * 0.6),
        (0.0, -thick - toe * 0.5),
        (0.1, -thick - toe),
        (0.28, -thick - toe - 0.06),
        (front - 0.03, ankle),
        (front + lean / 2, max(ankle - 0.2, top + 0.05)),
        (left, top),
        (sheet.between(left + 0.1, right - 0.1), top + sheet.between(-0.02, 0.14)),
        (right, top - sheet.between(-0.08, 0.14)),
        (1.0 - sheet.between(0, 0.05), ankle),
        (1.0, -thick - heel - 0.08),
        (0.98, -(thick + heel) * 0.8),
        (0.6, -thick - heel * 0.5),
        (0.35, -thick * 0.6),
    ]
    sheet.cloth(softened(upper, sheet.one_of(0, 1, 1, 2, 2, 2)))
    _sole(sheet, thick, heel, sheet.between(0, 0.04))
    if heel < 0.12 and sheet.chance(0.6):
        sheet.seam([(0, -thick), (1, -thick - heel)])
    edge = sheet.one_of("cuff", "seam", "none", "none")
    if edge == "cuff":  # of fur, or turned over
        deep = sheet.between(0.12, 0.26)
        cuff = box(left - 0.06, top - 0.03, right + 0.06, top + deep, 0.05)
        sheet.cloth(cuff)
        sheet.part(cuff, TRIM)
        sheet.seam([(left - 0.06, top + deep), (right + 0.06, top + deep)])
    elif edge == "seam":
        low = top + sheet.between(0.06, 0.14)
        sheet.seam([(left - 0.1, low), (right + 0.1, low)])
    if sheet.chance(0.3):
        strap = ankle - sheet.between(0, 0.1)
        sheet.seam([(front - 0.1, strap), (1.02, strap - 0.02)], 0.05)
        if sheet.chance(0.5):
            sheet.part(box(front + 0.1, strap - 0.05, front + 0.2, strap + 0.05), MARK)
    if sheet.chance(0.3):
        sheet.seam(arc(-0.02, -thick, sheet.between(0.2, 0.3), toe + 0.1, -80, 0))
    if sheet.chance(0.3):
        sheet.seam([(1.02, -thick - instep * 0.8), (0.8, -thick - instep * 0.7), (0.72, -thick - heel / 2)])
    _closed(sheet, (0.3, -thick - toe), (front + lean, top), -thick - heel)
    _perhaps_a_pair(sheet)


def _closed(sheet: Sheet, instep: tuple[float, float], front: tuple[float, float], ground: float) -> None:
    """How a boot is closed: laces from the instep to the top in front, elastic or a zip at the side."""
    closure = sheet.one_of("laces", "laces", "laces", "elastic", "zip", "nothing", "nothing")
    if closure == "laces":
        (x, y), (left, top) = instep, front
        _laces(sheet, (x, y - 0.03), (left + 0.02, top + 0.12), sheet.between(0.1, 0.2))
    elif closure == "elastic":
        top, middle = front[1], (front[0] + 1) / 2
        low = top + (ground - top) / 2
        sheet.part([(middle - 0.1, top), (middle + 0.12, top), (middle + 0.02, low), (middle - 0.04, low)], TRIM)
    elif closure == "zip":
        sheet.seam([(0.72, ground), (0.76, front[1])])


def _sole(sheet: Sheet, thick: float, heel: float, toe_up: float) -> None:
    if heel:
        arch = sheet.between(0.55, 0.68)
        ground = [(0, -toe_up), (0.12, 0), (0.35, 0), (arch, -heel * 0.55), (arch + 0.08, 0), (1, 0)]
        upper = [(0.98, -heel - thick), (arch, -heel * 0.9 - thick), (0.35, -thick), (0.05, -thick - toe_up)]
    else:
        ground = [(0, -thick / 2 - toe_up), (0.05, 0), (0.96, 0), (1, -thick / 2)]
        upper = [(0.98, -thick), (0.02, -thick - toe_up)]
    sole: Points = np.array(ground + upper, float)
    sheet.cloth(sole)
    if sheet.chance(0.5):
        sheet.part(sole, TRIM)


def _laces(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], long: float) -> None:
    """Short lines across the way from the instep to the top."""
    way = np.subtract(end, start)
    across = np.array([-way[1], way[0]]) / np.hypot(*way)
    for share in np.linspace(0.1, 0.9, sheet.count(2, 6)):
        middle = start + share * way
        sheet.seam(np.array([middle - 0.2 * long * across, middle + long * across + 0.02]))


def _perhaps_a_pair(sheet: Sheet) -> None:
    """Now and then the other shoe of the pair."""
    if sheet.chance(0.18):
        sheet.again(sheet.one_of(-1, 1) * sheet.between(0.25, 0.6), sheet.between(-0.05, 0.25))
