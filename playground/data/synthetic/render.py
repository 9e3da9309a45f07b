"""A sheet as 28 x 28 pixels, in the shades of an icon, of an outline, or of cloth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from playground.data.classes import SIDE
from playground.data.synthetic.sheet import Piece, Sheet, turned

_FINE = 4  # drawn so many times larger
_CANVAS = SIDE * _FINE
_STRETCH = (0.7, 1.2)  # of the width: who draws into a square draws shoes higher, and shirts wider, than they are
_BOLD = (0.8, 2.2)  # seams are so much thicker than the sheet says
_BOLD_BANDS = 1.5  # bands at most


@dataclass(frozen=True)
class Look:
    """In which shades a drawing is made, each from 0, black, to 1.

    Attributes:
        cloth: What is not said otherwise.
        parts: Of panels, trimmings and marks.
        seam: Of lines on the cloth.
        border: Of the outline all around; None where there is none.
        texture: Whether light, pattern and weave vary the shades.
    """

    cloth: float
    parts: tuple[float, float, float]
    seam: float
    border: float | None = None
    texture: bool = False


def _flat(sheet: Sheet) -> Look:
    """One shade: a silhouette."""
    cloth = sheet.between(0.35, 1)
    return Look(cloth, (cloth,) * 3, cloth)


def _seamed(sheet: Sheet) -> Look:
    """Light cloth with darker lines and marks."""
    cloth = sheet.between(0.35, 1)
    return Look(cloth, (cloth, cloth, cloth * sheet.between(0.3, 0.7)), cloth * sheet.between(0.3, 0.7))


def _cut_out(sheet: Sheet) -> Look:
    """Lines and marks cut out of the cloth."""
    cloth = sheet.between(0.35, 1)
    return Look(cloth, (cloth, cloth, 0.0), 0.0)


def _outlined(sheet: Sheet) -> Look:
    """Light lines around darker cloth, or around none."""
    cloth = 0.0 if sheet.chance(0.2) else sheet.between(0.4, 0.8)
    return Look(cloth, (cloth, cloth, 1.0), 1.0, border=1.0)


def _coloured(sheet: Sheet) -> Look:
    """Every part in a shade of its own, as in a picture in colours."""
    panel, trim, mark = (sheet.between(0.3, 1) for _ in range(3))
    border = sheet.between(0.1, 1) if sheet.chance(0.3) else None
    return Look(sheet.between(0.35, 1), (panel, trim, mark), sheet.between(0.1, 1), border, sheet.chance(0.5))


def _woven(sheet: Sheet) -> Look:
    """Cloth: shades that differ little, light that falls on it, stripes, weave."""
    cloth = sheet.between(0.35, 1)
    panel, trim, mark = (min(1.0, max(0.2, cloth * sheet.between(0.7, 1.3))) for _ in range(3))
    return Look(cloth, (panel, trim, mark), min(1.0, cloth * sheet.between(0.6, 1.2)), texture=True)


_LOOKS: Mapping[Callable[[Sheet], Look], float] = {
    _flat: 0.12,
    _seamed: 0.2,
    _cut_out: 0.15,
    _outlined: 0.15,
    _coloured: 0.2,
    _woven: 0.18,
}
"""How often each of them is chosen."""


def render(sheet: Sheet) -> NDArray[np.uint8]:
    """What is on the sheet, turned and stretched by chance, its longer side 28 pixels: uint8 [28, 28]."""
    looks = list(_LOOKS)
    look = looks[int(sheet.rng.choice(len(looks), p=list(_LOOKS.values())))](sheet)
    inside, shades = painted(sheet, look)
    fine = np.asarray(shades, np.float32)
    if look.border is not None:
        fine = np.where(_narrowed(inside, sheet.count(2, 4)), fine, np.float32(255 * look.border))
    # the middle of each cell, as where a picture is made 28 x 28
    cells = np.where(inside, fine, 0).reshape(SIDE, _FINE, SIDE, _FINE)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    if look.texture:
        cells = cells * _texture(sheet)
    return np.asarray(np.clip(np.rint(cells), 0, 255), np.uint8)


def painted(sheet: Sheet, look: Look) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """The silhouette, and the shades of what may lie within it, four times as fine: [112, 112] each.

    One piece lies over the other; place, proportions and the width of lines are drawn by chance.
    """
    silhouette, shades = Image.new("L", (_CANVAS, _CANVAS)), Image.new("L", (_CANVAS, _CANVAS))
    shape, paint = ImageDraw.Draw(silhouette), ImageDraw.Draw(shades)
    cloth, seam = round(255 * look.cloth), round(255 * look.seam)
    for kind, points, width, shade in _placed(sheet):
        flat, thick = points.ravel().tolist(), max(1, round(width))
        if kind == "part":
            paint.polygon(flat, fill=round(255 * look.parts[shade]))
        elif kind == "seam":
            paint.line(flat, fill=seam, width=thick, joint="curve")
        elif kind in ("band", "gap"):
            shape.line(flat, fill=255 * (kind == "band"), width=max(3, thick), joint="curve")
            paint.line(flat, fill=cloth, width=max(3, thick), joint="curve")
        else:
            shape.polygon(flat, fill=255 * (kind == "cloth"))
            paint.polygon(flat, fill=cloth)
    return np.asarray(silhouette) > 127, np.asarray(shades)


def _placed(sheet: Sheet) -> list[Piece]:
    """The pieces on the canvas: turned, stretched, the longer side filling it, the other in its middle."""
    angle, stretch = sheet.between(-sheet.tilt, sheet.tilt), (sheet.between(*_STRETCH), 1.0)
    bold = sheet.between(*_BOLD)
    pieces = [
        piece._replace(
            points=turned(piece.points * stretch, angle),
            width=piece.width * (bold if piece.kind == "seam" else min(bold, _BOLD_BANDS)),
        )
        for piece in sheet.pieces
    ]
    solid = [piece for piece in pieces if piece.kind in ("cloth", "band")]
    low = np.min([piece.points.min(0) - piece.width / 2 for piece in solid], 0)
    high = np.max([piece.points.max(0) + piece.width / 2 for piece in solid], 0)
    scale = _CANVAS / (high - low).max()
    shift = _CANVAS / 2 - scale * (low + high) / 2
    return [piece._replace(points=piece.points * scale + shift, width=piece.width * scale) for piece in pieces]


def _narrowed(inside: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """What is left when so many pixels are taken away all around."""
    for _ in range(width):
        framed = np.pad(inside, 1)
        above, below, left, right = framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]
        inside = inside & above & below & left & right
    return inside


def _texture(sheet: Sheet) -> NDArray[np.float64]:
    """Light that varies across the garment, a pattern now and then, weave: factors [28, 28]."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    across, down = sheet.rng.uniform(-0.2, 0.2, 2)
    light = 1 + across * x + down * y + sheet.between(-0.4, 0.3) * (x * x - 0.4)
    if sheet.chance(0.4):
        light = light * (1 - sheet.between(0.1, 0.5) * _pattern(sheet))
    return np.asarray(light * sheet.rng.normal(1, sheet.between(0, 0.12), (SIDE, SIDE)))


def _pattern(sheet: Sheet) -> NDArray[np.float64]:
    """Stripes, checks or dots: where they are, 0 to 1 [28, 28]."""
    y, x = np.mgrid[:SIDE, :SIDE]
    slant = sheet.one_of(0.0, np.pi / 2, sheet.between(0, np.pi))
    one, other = (
        np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / sheet.between(2.5, 8) + sheet.between(0, 6))
        for turn in (slant, slant + np.pi / 2)
    )
    kind = sheet.one_of("stripes", "stripes", "checks", "dots")
    if kind == "stripes":
        return np.asarray(one > 0, float)
    return ((one > 0) + (other > 0)) / 2 if kind == "checks" else np.asarray(one + other > 0.6, float)
