"""The learning rate at every moment of a run."""

from __future__ import annotations

from playground.experiment.training import Training


def learning_rate(training: Training, batches_done: int, batches_in_epoch: int) -> float:
    """The rate for the next batch, after `batches_done` batches of the whole run."""
    epoch = batches_done / batches_in_epoch  # exact where an epoch ends, so that no milestone is missed
    return _rate(training, epoch)


def highest_share(training: Training, batches_done: int, batches_in_epoch: int) -> float:
    """The largest share (0 to 1) of the full rate that any of the first `batches_done` batches was trained with.

    Of longer runs 2,000 batches are looked at, spread evenly.
    """
    asked = min(batches_done, 2000)
    steps = (batches_done * index // asked for index in range(asked))
    epochs = (step / batches_in_epoch for step in steps)
    return max((training.schedule.share(epoch, training.epochs) for epoch in epochs), default=0.0)


def curve(training: Training, points: int = 101) -> tuple[list[float], list[float]]:
    """The schedule as a curve: epochs (0 to training.epochs) and the rate there."""
    epochs = [training.epochs * index / (points - 1) for index in range(points)]
    return epochs, [_rate(training, epoch) for epoch in epochs]


def _rate(training: Training, epoch: float) -> float:
    return training.optimizer.learning_rate * training.schedule.share(epoch, training.epochs)
