"""How long trainings will take, judged by those that were timed."""

from __future__ import annotations

from collections.abc import Sequence

from playground.reproduction.published import System


class Pace:
    """Takes a system's time as it was the last time, and an unknown one's in proportion to its multiply-adds.

    The proportion is a rough guess: small networks spend most of their time elsewhere.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}  # by name: work, and seconds

    def learn(self, system: System, seconds: float) -> None:
        """Training this system takes so long."""
        self._known[system.name] = system.work, seconds

    def left(self, trainings: Sequence[System], spent: float) -> float:
        """Seconds until all of these are trained, `spent` of which are over. One system has to be known."""
        work = sum(each for each, _ in self._known.values())
        seconds = sum(each for _, each in self._known.values())
        expected = (
            self._known[each.name][1] if each.name in self._known else each.work * seconds / work
            for each in trainings
        )
        return max(0.0, sum(expected) - spent)


def in_words(seconds: float) -> str:
    """As coarse as a guess should be: "about 41 minutes"."""
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' * (minutes > 1)}" if minutes else "less than a minute"
