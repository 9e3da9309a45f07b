"""Pinned pictures: kept in the home, a file each, until somebody unpins them.

    pins/<pin>.json    its name, its class where that is known, its 28 x 28 pixels as a network sees them

A pin is named by the SHA-256 of its pixels: so identical pixels are pinned once, a damaged file is known, and two
processes that pin at once do not disturb each other.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from playground.data.classes import CLASS_NAMES, SIDE
from playground.errors import PinError
from playground.experiment.base import Frozen, Instant
from playground.experiment.messages import sentences
from playground.system.files import read_whole, write_atomically
from playground.text.sentences import shown

MOST = 24
"""Pictures that can be pinned at once: more would neither fit a screen nor be asked about in a moment."""
FOLDER = "pins"
_LONGEST_NAME = 120
_MOST_BYTES = 100_000


class Pin(Frozen):
    """A pinned picture.

    Attributes:
        name: What it is, for the person; no two are called the same.
        truth: The name of its class; None where it is not known.
        created: When it was pinned.
        pixels: Grey levels, row by row, two hexadecimal digits each; light garment on black.
    """

    schema_version: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
    truth: Literal[CLASS_NAMES] | None = None  # type: ignore[valid-type]
    created: Instant
    pixels: Annotated[str, Field(pattern=f"^[0-9a-f]{{{2 * SIDE * SIDE}}}$", repr=False)]

    @property
    def pin(self) -> str:
        """Which it is: the beginning of the SHA-256 of its pixels."""
        return pin_of(self.image)

    @property
    def image(self) -> NDArray[np.uint8]:
        """As a network sees it: uint8 [28, 28], not to be written to."""
        return np.frombuffer(bytes.fromhex(self.pixels), np.uint8).reshape(SIDE, SIDE)


def pin_of(image: NDArray[np.uint8]) -> str:
    """The pin that an image uint8 [28, 28] has, or would have."""
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class PinListing:
    """The pins of a home, in the order they were made, and a sentence for each that is damaged."""

    pins: tuple[Pin, ...]
    problems: tuple[str, ...] = ()


class Pins:
    """The pins of a home, for any number of threads and processes."""

    def __init__(self, home: Path, now: Callable[[], datetime]) -> None:
        self._folder, self._now = home / FOLDER, now
        self._lock = threading.Lock()
        self._known: tuple[tuple[tuple[str, int, int], ...], PinListing] = ((), PinListing(()))

    def found(self) -> PinListing:
        """All pins that are whole. The same value as before where nothing has changed."""
        there = self._stamps()
        stamps, pinned = self._known
        if there != stamps:
            pinned = self._read([name for name, *_ in there])
            self._known = there, pinned
        return pinned

    def pin(self, image: NDArray[np.uint8], name: str, truth: str | None = None) -> Pin:
        """Pin an image, uint8 [28, 28]; one that is pinned already stays as it is.

        Raises:
            PinError: The pinboard is full, or the disk refuses.
        """
        with self._lock:
            pins = self.found().pins
            wanted = pin_of(image)
            known = next((each for each in pins if each.pin == wanted), None)
            return known or self._write(
                Pin(
                    name=_unlike({each.name for each in pins}, name),
                    truth=truth,
                    created=self._now(),
                    pixels=image.tobytes().hex(),
                )
            )

    def unpin(self, pin: str) -> Pin | None:
        """Take a pin away, and return it so that `bring_back` can undo it; None if it is not there.

        Raises:
            PinError: The disk refuses.
        """
        with self._lock:
            known = next((each for each in self.found().pins if each.pin == pin), None)
            if known is not None:
                try:
                    (self._folder / f"{pin}.json").unlink(missing_ok=True)
                except OSError as error:
                    raise PinError(
                        f"{known.name} could not be unpinned: {error.strerror or error}. Try again."
                    ) from error
            return known

    def bring_back(self, pin: Pin) -> None:
        """Undo `unpin`.

        Raises:
            PinError: The pinboard is full, or the disk refuses.
        """
        with self._lock:
            if all(each.pin != pin.pin for each in self.found().pins):
                self._write(pin)

    def _write(self, pin: Pin) -> Pin:
        if len(self.found().pins) >= MOST:
            raise PinError(f"{pin.name} was not pinned: {MOST} pictures are pinned already. Unpin one first.")
        try:
            write_atomically(self._folder / f"{pin.pin}.json", pin.model_dump_json(indent=1).encode())
        except OSError as error:
            raise PinError(f"{pin.name} was not pinned: {error.strerror or error}. Make room.") from error
        return pin

    def _stamps(self) -> tuple[tuple[str, int, int], ...]:
        """Name, time and size of each file: what is the same has not changed."""
        found = list[tuple[str, int, int]]()
        with suppress(OSError), os.scandir(self._folder) as entries:  # there may be none
            for each in entries:
                if each.name.endswith(".json") and not each.name.startswith("."):
                    found.append((each.name, *_stamp(each)))
        return tuple(sorted(found))

    def _read(self, names: list[str]) -> PinListing:
        pins, problems = list[Pin](), list[str]()
        for name in names:
            try:
                pin = Pin.model_validate_json(read_whole(self._folder / name, _MOST_BYTES))
            except FileNotFoundError:
                if (self._folder / name).is_symlink():  # else it was unpinned a moment ago
                    problems.append(_damaged(name, "it is a link to nothing."))
            except ValidationError as error:
                problems.append(_damaged(name, sentences(error, "the file")[0]))
            except OSError as error:
                problems.append(_damaged(name, f"{error.strerror or error}."))
            else:
                if pin.pin == name.removesuffix(".json"):
                    pins.append(pin)
                else:
                    problems.append(_damaged(name, "its pixels are not those that were pinned."))
        pins.sort(key=lambda each: (each.created, each.pin))
        return PinListing(tuple(pins), tuple(problems))


def _stamp(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        found = entry.stat()
    except OSError:
        return 0, 0  # reading it will tell why
    return found.st_mtime_ns, found.st_size


def _damaged(name: str, reason: str) -> str:
    return f"The pinned picture {shown(name)} in {FOLDER} is damaged and left out: {reason} Remove that file."


def _unlike(taken: set[str], name: str) -> str:
    """A name that is not taken: the same, or with a number behind it."""
    short = name.strip()[: _LONGEST_NAME - 5] or "A picture"
    numbered = (f"{short} ({number})" for number in range(2, MOST + 2))
    return short if short not in taken else next(each for each in numbered if each not in taken)
