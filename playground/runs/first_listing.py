"""The first listing of a home's runs: with thousands of them it takes seconds, and says how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from playground.errors import PlaygroundError
from playground.runs.catalog import Progress
from playground.system import threads

PATIENCE = 1.0
"""Seconds after which whoever waits is told how far it is."""


class Reading:
    """How far a listing is, in words.

    Args:
        clock: Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._done, self._of = 0, 0

    def __call__(self, done: int, of: int) -> None:
        """So many of so many were read."""
        self._done, self._of = done, of

    @property
    def fraction(self) -> float:
        """How far it is: 0 to 1."""
        return self._done / self._of if self._of else 0.0

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._clock() - self._began

    @property
    def words(self) -> str:
        """Such as "Reading 10,000 runs: 2,500 so far, about 12 s left"."""
        if not self._done:
            return "Looking through the runs"
        left = self.seconds * (1 - self.fraction) / self.fraction
        return f"Reading {self._of:,} runs: {self._done:,} so far, about {max(1, round(left))} s left"


class FirstListing:
    """A listing in the background; any number of tabs wait for the same one.

    Args:
        list_all: Lists them, and tells how far it is.
    """

    def __init__(self, list_all: Callable[[Progress], object]) -> None:
        self.reading = Reading()
        self._list_all = list_all
        self._thread = threads.start(self._list, "first-listing")

    def _list(self) -> None:
        try:
            self._list_all(self.reading)
        except (PlaygroundError, OSError):
            return  # whoever lists them next is told

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether it is over."""
        self._thread.join(seconds)
        return not self._thread.is_alive()
