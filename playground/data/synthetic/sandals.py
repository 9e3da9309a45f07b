"""Sandals from the side, the toe at x = 0, and flip-flops from above."""

from __future__ import annotations

import numpy as np

from playground.data.synthetic.sheet import MARK, TRIM, Points, Sheet, both, box, softened, turned


def sandal(sheet: Sheet) -> None:
    """Straps on a sole: flat, on a heel or on a wedge; a court shoe; flip-flops."""
    if sheet.chance(0.28):
        _flip_flop(sheet)
        return
    thick, heel = sheet.between(0.04, 0.1), sheet.one_of(0.0, sheet.between(0.1, 0.2), sheet.between(0.2, 0.45))

    def bed(x: float) -> float:
        """Where the foot stands: low at the toes, as high as the heel behind."""
        share = min(max((x - 0.3) / 0.5, 0.0), 1.0)
        return -thick - heel * (3 * share**2 - 2 * share**3)

    across = np.linspace(0, 1, 16)
    upper = np.array([(x, bed(x)) for x in across])
    if heel and not sheet.chance(0.45):
        thin = sheet.between(0.05, 0.2)
        under = upper[::-1] + np.array([0, thick])
        stem = [(1.0, 0), (1.0 - thin, 0), (0.97 - thin, bed(0.95) + thick)]
        ground: Points = np.concatenate([stem, under[under[:, 0] < 0.92 - thin]])
    else:
        ground = np.array([(1.0, 0), (0.0, 0)], float)
    sole = np.concatenate([upper, ground])
    sheet.cloth(sole)
    if sheet.chance(0.5):
        sheet.part(sole, TRIM)
    width = sheet.between(0.05, 0.13)
    if heel and sheet.chance(0.25):  # a court shoe
        low = sheet.between(0.1, 0.2)
        closed = [(0.0, bed(0)), (0.02, bed(0) - 0.08), (0.2, bed(0.2) - low), (0.34, bed(0.34) - low * 0.8)]
        opening = [(0.5, bed(0.5) - 0.04), (0.8, bed(0.8) - 0.08), (0.97, bed(1) - low * 1.3)]
        sheet.cloth(np.concatenate([closed, opening, upper[::-1]]))
    else:
        for x in sheet.one_of((0.22,), (0.15, 0.32), (0.15, 0.28, 0.42), (0.3,)):
            middle, high = x + sheet.between(-0.04, 0.04), bed(x) - sheet.between(0.14, 0.28)
            bow = [(middle - 0.04, high + 0.04), (middle + 0.04, high)]
            sheet.band([(middle - 0.1, bed(middle - 0.1)), *bow, (middle + 0.13, bed(middle + 0.13))], width)
    if sheet.chance(0.75):
        _around_the_ankle(sheet, bed(0.85) - sheet.between(0.25, 0.45), width, bed(0.97), bed(0.4), bed(0.66))


def _around_the_ankle(sheet: Sheet, y: float, width: float, behind: float, before: float, below: float) -> None:
    sheet.band([(0.97, behind), (1.0, y + 0.05), (0.95, y)], width)
    sheet.band([(0.95, y), (0.75, y + sheet.between(-0.03, 0.08)), (0.68, y + 0.05)], width)
    if sheet.chance(0.7):
        sheet.band([(0.7, y + 0.04), (0.5, before - 0.12), (0.36, before - 0.05)], width)
    if sheet.chance(0.5):
        sheet.band([(0.7, y + 0.05), (0.66, below)], width)
    if sheet.chance(0.4):
        sheet.part(box(0.78, y - 0.04, 0.88, y + 0.06), MARK)


def _flip_flop(sheet: Sheet) -> None:
    """A sole from above, with straps from between the toes to both sides, or a broad band; one, or a pair."""
    wide = sheet.between(0.24, 0.34)
    ball, waist = wide * sheet.between(0.85, 1.1), wide * sheet.between(0.65, 0.9)
    sole = softened(
        [
            *[(-wide * 0.75, 1.0), (-waist, 0.5), (-ball, 0.1), (-wide * 0.7, -0.1)],
            *[(wide * 0.7, -0.14), (ball, 0.12), (waist * 0.95, 0.55), (wide * 0.75, 1.0)],
        ],
        3,
    )
    toes, width = (sheet.between(-0.06, 0.04), sheet.between(0.08, 0.16)), sheet.between(0.05, 0.1)
    side = (wide * 0.7, toes[1] + 0.16 + sheet.between(0.0, 0.12))
    straps = [
        np.array([toes, (sign * side[0], side[1]), (sign * wide * 0.9, sheet.between(0.4, 0.6))])
        for sign in (-1, 1)
    ]
    broad, inside, turn = sheet.chance(0.3), sheet.chance(0.3), sheet.between(-12, 12)
    pair = sheet.chance(0.4)
    apart = wide * 1.12 + abs(turn) * 0.006 if pair else 0.0

    def placed(points: Points) -> tuple[Points, ...]:
        return both(turned(points, turn) + np.array([apart, 0]))[: 2 if pair else 1]

    for each in placed(sole):
        sheet.cloth(each)
    if inside:
        for each in placed(0.85 * sole + np.array([0, 0.065])):
            sheet.part(each, TRIM)
    for strap in [box(-wide * 1.1, 0.2, wide * 1.1, 0.5)] if broad else straps:
        for each in placed(strap):
            if broad:
                sheet.part(each, MARK)
            else:
                sheet.seam(each, width)
