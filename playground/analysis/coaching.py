"""Gathers what the coach looks at, once for every epoch of a run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from playground.analysis.scores import Scores
from playground.coach.rules import advise
from playground.coach.verdict import Advice, Evidence
from playground.errors import PlaygroundError
from playground.runs.snapshot import Snapshot
from playground.training.record import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playground.interpret.dead_units import DeadUnits

PROBED = 500
"""Training images shown to a network to find its silent channels: a hundredth of an epoch's work."""
_REMEMBERED = 64


class Coaching:
    """The coach's words about runs, for any number of threads."""

    def __init__(self, scores: Scores, snapshot: Callable[[str], Snapshot]) -> None:
        self._scores, self._snapshot = scores, snapshot
        self._said: OrderedDict[tuple[str, int, str], Advice] = OrderedDict()

    def advise(self, run: str) -> Advice:
        """What the rules say of a run; asked again within an epoch, nothing is computed.

        Raises:
            RunNotFoundError: There is no such run.
        """
        snapshot = self._snapshot(run)
        return self._advise(snapshot.run, snapshot)

    def _advise(self, run: Run, snapshot: Snapshot) -> Advice:
        key = run.run, len(run.epochs), run.state.value
        if key not in self._said:
            silence = self._silence(run)
            self._said[key] = advise(
                Evidence(run, snapshot.curve.losses, self._matrix(run), silence, PROBED if silence else 0)
            )
            while len(self._said) > _REMEMBERED:
                self._said.popitem(last=False)
        return self._said[key]

    def _matrix(self, run: Run) -> NDArray[np.int64] | None:
        from playground.metrics.classification import confusion

        if run.state.is_live:  # no rule asks for it yet
            return None
        try:
            seen = self._scores.scored(run, "validation")
        except PlaygroundError:
            return None
        return confusion(seen.logits, seen.images.labels)

    def _silence(self, run: Run) -> tuple[DeadUnits, ...] | None:
        from playground.interpret.dead_units import silent_channels

        try:
            pixels = self._scores.training_pixels(run, PROBED)
            return silent_channels(self._scores.network(run), pixels, run.experiment.data)
        except PlaygroundError:
            return None
