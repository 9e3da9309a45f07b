"""Dresses and trousers, which reach down to the legs."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.sheet import MARK, PANEL, TRIM, Sheet, both, box, whole
from playground.data.synthetic.tops import Sleeve, neckline, sleeves

_OF_DRESSES = {
    "short": Sleeve(length=(0.18, 0.42), angle=(20, 75), top=(0.2, 0.3), cuff=(0.16, 0.28)),
    "long": Sleeve(length=(0.6, 1.0), angle=(50, 82), top=(0.2, 0.28), cuff=(0.1, 0.22)),
}


def dress(sheet: Sheet) -> None:
    """A waist and a skirt that widens; straps, no sleeves, short or long ones."""
    neck, shoulder, chest = sheet.between(0.1, 0.22), sheet.between(0.3, 0.42), sheet.between(0.3, 0.42)
    waist, length, middle = chest * sheet.between(0.6, 0.95), sheet.between(1.5, 2.4), sheet.between(0.55, 0.85)
    hem = chest * sheet.one_of(sheet.between(0.95, 1.3), sheet.between(1.3, 2.0), sheet.between(1.8, 2.6))
    rise, depth = sheet.between(0.02, 0.08), sheet.between(0.06, 0.3)
    knee = waist + (hem - waist) * sheet.between(0.25, 0.75)
    skirt = [
        (waist, middle),
        (knee, (middle + length) / 2),
        (hem, length),
        (0.3 * hem, length + sheet.between(-0.02, 0.06)),
    ]
    kind = sheet.one_of("straps", "none", "short", "long")
    if kind == "straps":
        sheet.cloth(whole([(0, sheet.between(0.16, 0.26)), (chest * 0.5, 0.15), (chest, 0.24), *skirt]))
        strap, width = sheet.between(0.1, 0.2), sheet.between(0.04, 0.08)
        for side in both([(strap, -0.1), (strap + sheet.between(-0.03, 0.06), 0.22)]):
            sheet.band(side, width)
    else:
        end = neck + sheet.between(0.08, 0.14) if kind == "none" else shoulder
        sheet.cloth(whole([(neck, -rise), (end, 0.0), (chest, 0.32), *skirt]))
    if kind in _OF_DRESSES:
        sleeves(sheet, shoulder, _OF_DRESSES[kind])
    if kind != "straps":
        sheet.hole(neckline(neck, rise, depth, sheet.one_of("round", "pointed", "shallow")))
    _waist_and_skirt(sheet, waist, middle, hem, length)


def _waist_and_skirt(sheet: Sheet, waist: float, middle: float, hem: float, length: float) -> None:
    """A belt, a skirt of its own shade, folds, flounces."""
    belt = sheet.one_of("belt", "seam", "none")
    if belt == "belt":
        sheet.part(box(-waist * 1.05, middle - 0.05, waist * 1.05, middle + 0.05), TRIM)
    elif belt == "seam":
        sheet.seam([(-waist, middle), (waist, middle)])
    if sheet.chance(0.3):
        sheet.part(whole([(waist, middle), (hem * 1.05, length + 0.1)]), PANEL)
    if sheet.chance(0.4):  # folds
        for share in np.linspace(-0.6, 0.6, sheet.count(2, 4)):
            sheet.seam([(share * waist, middle + sheet.between(0.02, 0.3)), (share * hem, length)])
    if sheet.chance(0.2):  # flounces
        for share in np.linspace(0.25, 0.9, sheet.count(1, 3)):
            wide, y = waist + share * (hem - waist), middle + share * (length - middle)
            sheet.seam([(-wide, y), (wide, y)])


def trouser(sheet: Sheet) -> None:
    """Two legs, slim or flared, a few of them short; a waistband, a fly, pockets."""
    waist, length, crotch = sheet.between(0.26, 0.4), sheet.between(1.35, 2.0), sheet.between(0.38, 0.6)
    hip, spread, gap = waist * sheet.between(1.02, 1.25), sheet.between(0, 0.22), sheet.between(0.0, 0.04)
    knee, hem = hip * sheet.between(0.5, 0.8) / 2, hip * sheet.between(0.42, 0.95) / 2
    at_knee, at_hem, middle = hip * 0.5 + spread / 2, hip * 0.55 + spread, (crotch + length) / 2
    outside, inside = [(0, 0), (waist, 0), (hip, crotch * 0.7)], [(gap, crotch), (0, crotch)]
    if sheet.chance(0.12):
        cut = sheet.between(0.75, 1.0)
        legs = [*outside, (hip * 1.15 + spread / 2, cut), (0.06 + spread * 0.4, cut), *inside]
    else:
        outer = [(at_knee + knee + 0.02, middle), (at_hem + hem, length)]
        inner = [(max(at_hem - hem, gap), length), (max(at_knee - knee, gap), middle), *inside]
        legs = [*outside, *outer, *inner]
    for leg in both(legs):
        sheet.cloth(leg)
    _waistband(sheet, waist, hip, crotch)
    if sheet.chance(0.2):
        for crease in both([(hip * 0.5, 0.15), (at_hem, length)]):
            sheet.seam(crease, 0.02)
    if sheet.chance(0.2):
        sheet.seam([(-2, length - 0.1), (2, length - 0.1)])
    if sheet.chance(0.15):
        for patch in both(box(0, length * 0.55, 2, length * 0.68)):
            sheet.part(patch, MARK)


def _waistband(sheet: Sheet, waist: float, hip: float, crotch: float) -> None:
    """What is between waist and legs: a band, a seam, a fly, pockets."""
    if sheet.chance(0.6):
        band = sheet.between(0.06, 0.12)
        if sheet.chance(0.4):
            sheet.part(box(-waist * 1.1, -0.02, waist * 1.1, band), TRIM)
        sheet.seam([(-hip, band), (hip, band)])
    if sheet.chance(0.6):
        sheet.seam([(0, 0.06), (0, crotch)])
    if sheet.chance(0.3):
        sheet.seam([(0.07, 0.08), (0.07, crotch * 0.6), (0, crotch * 0.75)])
    if sheet.chance(0.55):
        x = waist * sheet.between(0.4, 0.7)
        for pocket in both([(x, 0.1), (x + 0.03, 0.22), (hip, 0.3)]):
            sheet.seam(pocket)
