"""A sheet that a garment is drawn on, piece by piece, and the lines it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Line = Points | Sequence[tuple[float, float]]
Kind = Literal["cloth", "band", "hole", "gap", "part", "seam"]
T = TypeVar("T")

PANEL, TRIM, MARK = 0, 1, 2
"""The shades of parts: large ones such as sleeves, edges such as collars and soles, prints and buttons."""


class Piece(NamedTuple):
    """One stroke: `points` [n, 2] are (x, y), y downwards, in any unit.

    Cloth and parts, which have a shade, are filled, holes are black inside. Bands are cloth along a line, seams
    lines on cloth, and gaps black lines, so wide as `width` says in the unit of the points.
    """

    kind: Kind
    points: Points
    width: float = 0.0
    shade: int = PANEL


class Sheet:
    """Pieces in the order they are drawn, and the chance that decides on them."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.pieces: list[Piece] = []
        self.tilt = 8.0
        """Degrees by which the whole may be turned either way."""

    # ------------------------------------------------------------------------------- chance

    def between(self, low: float, high: float) -> float:
        """Any number in a range."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """Whether something happens."""
        return bool(self.rng.random() < probability)

    def one_of(self, *options: T) -> T:
        """One of several, all as likely."""
        return options[int(self.rng.integers(len(options)))]

    def count(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return int(self.rng.integers(low, high + 1))

    # ------------------------------------------------------------------------------- pieces

    def cloth(self, points: Line) -> None:
        """A filled piece of the silhouette."""
        self._put("cloth", points)

    def band(self, points: Line, width: float) -> None:
        """A strap, a handle: cloth along a line."""
        self._put("band", points, width)

    def hole(self, points: Line) -> None:
        """Where the background shows."""
        self._put("hole", points)

    def part(self, points: Line, shade: int) -> None:
        """A piece of cloth with a shade of its own; what lies beyond the silhouette is not seen."""
        self._put("part", points, shade=shade)

    def seam(self, points: Line, width: float = 0.03) -> None:
        """A line on the cloth."""
        self._put("seam", points, width)

    def edge(self, points: Line, width: float = 0.03) -> None:
        """A seam all around a piece."""
        closed = np.asarray(points, float)
        self._put("seam", np.concatenate([closed, closed[:1]]), width)

    def _put(self, kind: Kind, points: Line, width: float = 0.0, shade: int = PANEL) -> None:
        self.pieces.append(Piece(kind, np.asarray(points, float), width, shade))

    def again(self, right: float, down: float) -> None:
        """All that is there a second time, in front of the first and moved, with a gap around it.

        But for its holes, which would be holes in the first.
        """
        moved = [piece._replace(points=piece.points + np.array([right, down])) for piece in self.pieces]
        front = [piece for piece in moved if piece.kind != "hole"]
        solid = [piece.points for piece in front if piece.kind == "cloth"]
        self.pieces += [Piece("gap", np.concatenate([points, points[:1]]), 0.06) for points in solid]
        self.pieces += front


def both(points: Line) -> tuple[Points, Points]:
    """A piece and its mirror image about x = 0."""
    right = np.asarray(points, float)
    return right, right * (-1, 1)


def whole(right: Line) -> Points:
    """The outline of a piece of which only the right half is given, from above."""
    half, other = both(right)
    return np.concatenate([half, other[::-1]])


def softened(points: Line, times: int) -> Points:
    """A closed outline, its corners cut so many times.

    Chaikin 1974, "An algorithm for high-speed curve generation".
    """
    corners = np.asarray(points, float)
    for _ in range(times):
        following = np.roll(corners, -1, 0)
        near, far = 0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following
        corners = np.stack([near, far], 1).reshape(-1, 2)
    return corners


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> Points:
    """Part of an ellipse about (x, y), from one angle to another in degrees: 0 is right, 90 below."""
    angles = np.radians(np.linspace(start, end, max(4, int(abs(end - start) / 15))))
    return np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], 1)


def ellipse(x: float, y: float, across: float, down: float) -> Points:
    """An ellipse about (x, y)."""
    return arc(x, y, across, down, 0, 360)


def box(left: float, top: float, right: float, bottom: float, corner: float = 0.0) -> Points:
    """A rectangle, its corners rounded with a radius."""
    if corner <= 0:
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    corner = min(corner, (right - left) / 2, (bottom - top) / 2)
    quarters = (
        (right - corner, top + corner, -90),
        (right - corner, bottom - corner, 0),
        (left + corner, bottom - corner, 90),
        (left + corner, top + corner, 180),
    )
    return np.concatenate([arc(x, y, corner, corner, start, start + 90) for x, y, start in quarters])


def turned(points: Line, degrees: float) -> Points:
    """Points turned about the origin."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(np.asarray(points, float) @ turn.T)
