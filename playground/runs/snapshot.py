"""What a screen may show of a job, frozen at one instant."""

from __future__ import annotations

from dataclasses import dataclass

from playground.training.record import Run

MOST_POINTS = 2000
"""Points of a curve; a chart is no wider."""


@dataclass(frozen=True)
class Curve:
    """Loss (nats an image) and accuracy (fraction) of training batches over the epochs done (0..epochs)."""

    epochs: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()

    def extended(self, epoch: float, loss: float, accuracy: float) -> Curve:
        """A curve with one point more; one with too many loses every second before that."""
        kept = slice(1, None, 2) if len(self.epochs) >= MOST_POINTS else slice(None)
        epochs, losses, accuracies = self.epochs[kept], self.losses[kept], self.accuracies[kept]
        return Curve((*epochs, epoch), (*losses, loss), (*accuracies, accuracy))


@dataclass(frozen=True)
class Snapshot:
    """A job frozen at one instant; for a run that is over, its last one.

    Attributes:
        run: The record so far.
        curve: Per batch, thinned.
        step: Batches done, of `run.batches_in_epoch` times the epochs.
        images_per_second: Of training, lately; None before the first batches.
        seconds_left: Estimated, with evaluation; None where there is no estimate.
        ending: Somebody has asked it to stop: the last batch and the test images are still under way.
        here: This process trains it, or will: only then can it be paused, stopped and so on.
    """

    run: Run
    curve: Curve = Curve()
    step: int = 0
    images_per_second: float | None = None
    seconds_left: float | None = None
    ending: bool = False
    here: bool = False

    @property
    def steps(self) -> int:
        """Batches of the whole run as planned."""
        return self.run.batches_in_epoch * self.run.experiment.training.epochs
