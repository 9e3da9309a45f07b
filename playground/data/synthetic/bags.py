"""Bags carried in the hand or over the shoulder. The opening is at y = 0, half of a bag's width about 0.6."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.luggage import backpack, grip, suitcase
from playground.data.synthetic.sheet import MARK, PANEL, TRIM, Sheet, arc, both, box, ellipse, softened, whole


def bag(sheet: Sheet) -> None:
    """Any kind of bag; more often than other garments it is drawn aslant."""
    sheet.tilt = sheet.one_of(6.0, 6.0, 6.0, 15.0, 40.0)
    kinds = (_handbag, _handbag, _briefcase, _briefcase, backpack, backpack, backpack)
    sheet.one_of(*kinds, suitcase, suitcase, _paper_bag, _paper_bag, _duffel, _shoulder_bag, _purse, _pouch)(sheet)


def _handbag(sheet: Sheet) -> None:
    wide, deep = sheet.between(0.5, 0.8), sheet.between(0.6, 1.0)
    top = wide * sheet.between(0.6, 1.05)
    outline = whole([(top, 0), (wide, deep * 0.85), (wide * 0.95, deep)])
    sheet.cloth(softened(outline, sheet.one_of(0, 1, 2)))
    reach, high, thick = top * sheet.between(0.35, 0.85), sheet.between(0.2, 0.65), sheet.between(0.04, 0.09)
    for shift in sheet.one_of((0.0,), (0.0,), (0.0, 0.06)):
        sheet.band(grip(shift, reach, 0.02, high, sheet.chance(0.2)), thick)
    front = sheet.one_of("flap", "seam", "nothing")
    if front == "flap":
        tip, side = deep * sheet.between(0.3, 0.6), top * sheet.between(0.7, 1.0)
        flap = [(-top, 0), (top, 0), (side, tip * 0.7), (0, tip), (-side, tip * 0.7)]
        if sheet.chance(0.5):
            sheet.part(softened(flap, 1), PANEL)
        sheet.edge(flap)
        sheet.part(ellipse(0, tip, 0.06, 0.05), MARK)
    elif front == "seam":
        y = deep * sheet.between(0.15, 0.35)
        sheet.seam([(-wide, y), (wide, y)])
    if sheet.chance(0.3):
        sheet.part(box(-wide, deep * 0.75, wide, deep * 1.05), TRIM)
    if sheet.chance(0.3):
        sheet.part(box(-0.07, deep * 0.3, 0.07, deep * 0.45), MARK)
    if sheet.chance(0.2):
        for side_seam in both([(top * 0.6, 0), (wide * 0.62, deep)]):
            sheet.seam(side_seam)


def _briefcase(sheet: Sheet) -> None:
    wide, deep = sheet.between(0.6, 0.85), sheet.between(0.65, 1.05)
    sheet.cloth(box(-wide, 0, wide, deep, sheet.one_of(0.02, 0.06, 0.15)))
    reach = wide * sheet.between(0.2, 0.45)
    sheet.band(grip(0, reach, 0.0, sheet.between(0.1, 0.28), sheet.chance(0.6)), sheet.between(0.05, 0.1))
    front = sheet.one_of("flap", "flap", "straps", "nothing")
    if front == "flap":
        y, thick = deep * sheet.between(0.25, 0.6), sheet.between(0.03, 0.07)
        sheet.seam([(-wide, y * sheet.one_of(0.9, 1)), (0, y), (wide, y * sheet.one_of(0.9, 1))], thick)
        if sheet.chance(0.7):
            sheet.part(box(-0.08, y - 0.07, 0.08, y + 0.08), MARK)
    elif front == "straps":
        low = deep * sheet.one_of(0.25, 1.05)
        for strap in both(box(wide * 0.35, -0.02, wide * 0.55, low)):
            sheet.part(strap, TRIM)
    if sheet.chance(0.25):
        for edge in both([(wide * 0.75, 0), (wide * 0.75, deep)]):
            sheet.seam(edge)
    if sheet.chance(0.2):
        size, middle = sheet.between(0.1, 0.18), deep / 2
        sheet.part(box(-size, middle - size / 3, size, middle + size / 3), MARK)
        sheet.part(box(-size / 3, middle - size, size / 3, middle + size), MARK)


def _paper_bag(sheet: Sheet) -> None:
    wide, deep = sheet.between(0.4, 0.65), sheet.between(0.8, 1.15)
    top = wide * sheet.between(0.8, 1.0)
    sheet.cloth(whole([(top, 0), (wide, deep)]))
    reach = top * sheet.between(0.3, 0.6)
    opening = sheet.one_of("handle", "handle", "inside", "jagged")
    if opening == "handle":
        sheet.band(grip(0, reach, 0.02, sheet.between(0.16, 0.4), sheet.chance(0.2)), sheet.between(0.04, 0.08))
    elif opening == "inside":  # the handle hangs over the front
        sheet.seam(arc(0, deep * 0.15, reach, sheet.between(0.2, 0.35), 0, 180), 0.05)
    else:
        teeth = 2 * sheet.count(4, 8) + 1
        edge = [(x, 0.08 * (number % 2) - 0.01) for number, x in enumerate(np.linspace(-top, top, teeth))]
        sheet.hole([*edge, (top, -0.1), (-top, -0.1)])
    if sheet.chance(0.4):  # its side
        x = top * sheet.between(0.4, 0.7)
        sheet.seam([(x, 0), (x * wide / top, deep)])
        if sheet.chance(0.5):
            sheet.seam([(wide, deep * 0.1), (x, deep / 2), (wide, deep)])
    if sheet.chance(0.25):
        sheet.seam([(-wide, deep * 0.14), (wide, deep * 0.14)])
    if sheet.chance(0.4):
        label = (ellipse(0, deep * 0.55, 0.16, 0.16), box(-0.22, deep * 0.45, 0.22, deep * 0.65))
        sheet.part(sheet.one_of(*label), MARK)
    if sheet.chance(0.15):
        sheet.again(sheet.one_of(-1, 1) * sheet.between(0.4, 0.7), sheet.between(0.05, 0.25))


def _duffel(sheet: Sheet) -> None:
    wide, deep = sheet.between(0.7, 1.0), sheet.between(0.5, 0.75)
    sheet.cloth(box(-wide, 0, wide, deep, sheet.between(0.08, deep / 2)))
    reach = wide * sheet.between(0.3, 0.5)
    if sheet.chance(0.7):
        sheet.band(grip(0, reach, 0.02, sheet.between(0.14, 0.4), False), sheet.between(0.05, 0.09))
    else:
        sheet.band([(wide * 0.9, 0.1), (wide * 0.4, -0.35), (-wide * 0.4, -0.35), (-wide * 0.9, 0.1)], 0.06)
    if sheet.chance(0.6):
        thick = sheet.between(0.03, 0.07)
        for strap in both([(reach, 0), (reach * 1.02, deep)]):
            sheet.seam(strap, thick)
    if sheet.chance(0.4):
        for end in both(box(wide * 0.72, -0.05, wide * 1.1, deep * 1.05)):
            sheet.part(end, PANEL)
    if sheet.chance(0.4):
        sheet.seam([(-wide * 0.8, deep * 0.2), (wide * 0.8, deep * 0.2)])
    if sheet.chance(0.3):
        sheet.edge(box(-wide * 0.3, deep * 0.4, wide * 0.3, deep * 0.85, 0.05))


def _shoulder_bag(sheet: Sheet) -> None:
    wide, deep = sheet.between(0.55, 0.8), sheet.between(0.5, 0.8)
    sheet.cloth(box(-wide, 0, wide, deep, sheet.between(0.05, 0.25)))
    up, left, right = sheet.between(0.4, 1.0), wide * sheet.between(0.3, 0.9), wide * sheet.between(0.3, 0.9)
    sheet.band([(-wide * 0.95, 0.1), (-left, -up), (right, -up), (wide * 0.95, 0.1)], sheet.between(0.03, 0.07))
    y = deep * sheet.between(0.35, 0.75)
    side = y * sheet.one_of(0.6, 1)
    sheet.seam([(-wide, side), (0, y), (wide, side)])
    sheet.part(ellipse(0, y, 0.07, 0.06), MARK)


def _purse(sheet: Sheet) -> None:
    """With a clasp of two balls."""
    wide, deep = sheet.between(0.55, 0.8), sheet.between(0.5, 0.8)
    sheet.cloth(softened(whole([(wide * 0.6, 0), (wide, deep * 0.7), (wide * 0.6, deep)]), 2))
    sheet.seam([(-wide * 0.6, deep * 0.16), (wide * 0.6, deep * 0.16)], 0.05)
    for ball in both(ellipse(0.05, -0.05, 0.06, 0.06)):
        sheet.cloth(ball)


def _pouch(sheet: Sheet) -> None:
    """Tied at the top."""
    wide, deep = sheet.between(0.55, 0.8), sheet.between(0.6, 0.96)
    sheet.cloth(softened(whole([(wide * 0.35, 0.08), (wide * 0.9, deep * 0.6), (wide * 0.7, deep)]), 2))
    sheet.cloth(whole([(wide * 0.5, -0.14), (wide * 0.25, 0.12)]))
    sheet.seam([(-wide * 0.35, 0.1), (wide * 0.35, 0.1)], 0.05)
