"""How long work will take, by how fast it was."""

from __future__ import annotations

from collections.abc import Callable

_TOO_SHORT = 1.0  # second: what is known of the pace before is worth nothing


class Pace:
    """The pace of one piece of work. What was done before the first look at it does not count.

    Attributes:
        seconds: Worked between the first look and the last one.

    Args:
        clock: Seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began: tuple[float, float] | None = None  # when, and at which fraction
        self.seconds = 0.0

    def left(self, fraction: float) -> float | None:
        """Seconds left where so much is done (0 to 1); None while nobody knows."""
        if self._began is None:
            self._began = self._clock(), fraction
        began, before = self._began
        self.seconds = self._clock() - began
        if fraction <= before or self.seconds < _TOO_SHORT:
            return None
        return self.seconds / (fraction - before) * (1 - fraction)

    def skip(self, seconds: float) -> None:
        """Nothing was done for so long."""
        if self._began is not None:
            self._began = self._began[0] + seconds, self._began[1]
