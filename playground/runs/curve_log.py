"""The curve of a run: loss and accuracy of its training batches, a line for each report.

    <run>/curve.jsonl    {"epoch": 0.25, "loss": 1.92, "accuracy": 0.31}

This is the only place where it is kept. Lines are only added, each by one write, until a run goes back to an
earlier epoch. A line that a crash has cut short is passed over. Earlier versions kept `curve.json`, whole columns,
which is read where there are no lines.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from playground.runs.snapshot import Curve
from playground.system.files import read_whole, write_atomically

CURVE, _COLUMNS = "curve.jsonl", "curve.json"
_MOST_BYTES = 20_000_000

Point = tuple[float, float, float]
"""Epochs done; loss (nats an image) and accuracy (fraction) of the training batches just before."""


def read_curve(folder: Path) -> Curve:
    """All that is kept in a run's folder, thinned to what a chart shows; nothing where nothing is."""
    curve = Curve()
    for point in _read(folder):
        curve = curve.extended(*point)
    return curve


def add_point(folder: Path, point: Point) -> None:
    """Keep a point more.

    Raises:
        OSError: The disk refuses, or the folder is not there any more.
    """
    with (folder / CURVE).open("ab", buffering=0) as file:
        file.write(_line(point))


def make_durable(folder: Path) -> None:
    """See to it that what was added, if anything, outlives a loss of power.

    Raises:
        OSError: The disk refuses.
    """
    with suppress(FileNotFoundError), (folder / CURVE).open("rb+") as file:
        os.fsync(file.fileno())


def keep_until(source: Path, epoch: float, target: Path) -> None:
    """Let a folder keep what another, or it itself, has until the end of an epoch.

    Raises:
        OSError: The disk refuses.
    """
    write_points(target, (point for point in _read(source) if point[0] <= epoch))


def write_points(folder: Path, points: Iterable[Point]) -> None:
    """Keep these points and no other.

    Raises:
        OSError: The disk refuses.
    """
    write_atomically(folder / CURVE, b"".join(map(_line, points)))
    (folder / _COLUMNS).unlink(missing_ok=True)


def _line(point: Point) -> bytes:
    # a line of its own, whatever a crash has left of the one before
    epoch, loss, accuracy = point
    return b"\n" + json.dumps({"epoch": epoch, "loss": loss, "accuracy": accuracy}).encode() + b"\n"


def _read(folder: Path) -> list[Point]:
    try:
        lines = read_whole(folder / CURVE, _MOST_BYTES).splitlines()
    except FileNotFoundError:
        return _read_columns(folder)
    except OSError:
        return []
    return [point for line in lines if line and (point := _parsed(line)) is not None]


def _parsed(line: bytes) -> Point | None:
    """A point; None from a line that is damaged."""
    try:
        content = json.loads(line)
        point = float(content["epoch"]), float(content["loss"]), float(content["accuracy"])
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return point if math.isfinite(point[0]) else None


def _read_columns(folder: Path) -> list[Point]:
    """What an earlier version has kept."""
    try:
        content = json.loads(read_whole(folder / _COLUMNS, _MOST_BYTES))
        columns = [[float(value) for value in content[name]] for name in ("epochs", "losses", "accuracies")]
        return list(zip(*columns, strict=True))
    except (OSError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return []
