"""What a run's network said of pinned pictures after each epoch: lines of a file in the run's folder.

    <run>/pinned.jsonl    {"epoch": 3, "pins": {"9f0c...": [0.0132, ...]}}: ten probabilities a pin

Lines are only added, each by one write, so who trains and who catches up need no lock, and a line that a crash has
cut short is passed over. Where two lines say something of the same pin and epoch, the later one holds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from playground.data.classes import CLASSES
from playground.system.files import read_whole, write_atomically

PINNED = "pinned.jsonl"
_MOST_BYTES = 200_000_000
_DIGITS = 6  # behind the point of a probability

Probabilities = tuple[float, ...]
"""Of the ten classes."""

Streams = Mapping[str, Mapping[int, Probabilities]]
"""By pin and epoch."""


def read_streams(folder: Path) -> Streams:
    """All that is kept in a run's folder; nothing where nothing is."""
    try:
        content = read_whole(folder / PINNED, _MOST_BYTES)
    except OSError:
        return {}
    streams = defaultdict[str, dict[int, Probabilities]](dict)
    for line in content.splitlines():
        epoch, said = _parsed(line)
        for pin, probabilities in said.items():
            streams[pin][epoch] = probabilities
    return streams


def stamp(folder: Path) -> tuple[int, int]:
    """Time (nanoseconds) and size (bytes) of what is kept: the same where nothing has changed."""
    try:
        found = (folder / PINNED).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def add_epoch(folder: Path, epoch: int, said: Mapping[str, Sequence[float]]) -> None:
    """Keep what was said of some pins after an epoch, by pin; ten probabilities each.

    Raises:
        OSError: The disk refuses, or the folder is not there any more.
    """
    with (folder / PINNED).open("ab", buffering=0) as file:
        file.write(_line(epoch, said))


def keep_until(source: Path, epoch: int, target: Path) -> None:
    """Let a folder keep what another, or it itself, has of the epochs until one.

    Raises:
        OSError: The disk refuses.
    """
    streams = read_streams(source)
    if not streams:
        return
    epochs = sorted({each for stream in streams.values() for each in stream if each <= epoch})
    by_epoch = ((e, {pin: stream[e] for pin, stream in streams.items() if e in stream}) for e in epochs)
    write_atomically(target / PINNED, b"".join(_line(*each) for each in by_epoch))


def _line(epoch: int, said: Mapping[str, Sequence[float]]) -> bytes:
    # a line of its own, whatever a crash has left of the one before
    rounded = {pin: [round(share, _DIGITS) for share in shares] for pin, shares in said.items()}
    return b"\n" + json.dumps({"epoch": epoch, "pins": rounded}, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> tuple[int, dict[str, Probabilities]]:
    """Epoch and probabilities by pin; none from a line that is damaged."""
    try:
        content = json.loads(line)
        said = {str(pin): tuple(float(each) for each in shares) for pin, shares in content["pins"].items()}
        epoch = int(content["epoch"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return 0, {}
    sound = all(len(shares) == CLASSES and all(0 <= each <= 1 for each in shares) for shares in said.values())
    return (epoch, said) if sound else (0, {})
