"""The record of a training: what stays of it. Never changes once its state is final."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from playground.errors import RunError
from playground.experiment.base import Frozen, Instant, Share
from playground.experiment.experiment import Experiment
from playground.experiment.schedules import MOST_EPOCHS
from playground.text.sentences import shown
from playground.training.events import EpochMetrics, RateChanged, Resumption, Seconds


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_live(self) -> bool:
        """Waiting for its turn, or being trained."""
        return self in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)

    @property
    def is_final(self) -> bool:
        """Nothing will change any more unless somebody resumes it."""
        return not self.is_live

    @property
    def can_resume(self) -> bool:
        """Broke off where nobody had planned it: it can be trained on from its last checkpoint."""
        return self in (RunState.INTERRUPTED, RunState.FAILED)


MOST_NAME, MOST_MESSAGE, _MOST_CHANGES = 200, 2000, 100_000
"""The letters of a name and of a message; what is longer is no record of ours."""

_Id = Annotated[str, Field(max_length=100)]
_Words = Annotated[str, Field(max_length=MOST_NAME)]
_Count = Annotated[int, Field(ge=0, le=2**53)]


class DataOrigin(Frozen):
    """Which images a run was trained on.

    Attributes:
        name: "full" (60,000 and 10,000 images) or "sample" (the bundled 6,000 and 1,000).
        source: Where they came from.
        fingerprint: Identifies the very images, whatever their source.
        verified: Whether they are exactly the published ones.
    """

    name: _Words
    source: _Words
    fingerprint: _Words
    verified: bool


class Run(Frozen):
    """One training: what was asked, on what, and what came of it. Accuracies are fractions.

    Attributes:
        run: Unique, sorts by time of creation.
        multiply_adds: Of one image, forward; 0 in records from before it was kept.
        message: One sentence where something ended otherwise than planned; else empty.
        device, precision, threads, torch: What it ran on; empty and 0 until it started.
        rate_changes: Learning rates set by hand while it ran.
        resumed: Where it was taken up again after an interruption.
        parent, parent_epoch: The run of which it is a fork, and the epoch after which it goes its own way;
            until there its epochs are its parent's. Empty and 0 if it is none.
        test_accuracy: On the test images, with the weights of the last epoch; None until judged.
        example: It comes with the playground: nobody trained it here.
        imported: It was read from an export: what its record says of the training was not seen here.
    """

    model_config = ConfigDict(ser_json_inf_nan="constants")  # the strings would not be read back

    run: _Id
    name: _Words
    state: RunState
    created: Instant
    experiment: Experiment
    parameters: _Count
    multiply_adds: _Count = 0
    data: DataOrigin
    device: _Words = ""
    precision: _Words = ""
    threads: _Count = 0
    torch: _Words = ""
    train_images: _Count = 0
    batches_in_epoch: _Count = 0
    epochs: Annotated[tuple[EpochMetrics, ...], Field(max_length=MOST_EPOCHS)] = ()
    rate_changes: Annotated[tuple[RateChanged, ...], Field(max_length=_MOST_CHANGES)] = ()
    resumed: Annotated[tuple[Resumption, ...], Field(max_length=_MOST_CHANGES)] = ()
    parent: _Id = ""
    parent_epoch: _Count = 0
    train_seconds: Seconds = 0.0
    test_loss: float | None = None
    test_accuracy: Share | None = None
    message: Annotated[str, Field(max_length=MOST_MESSAGE)] = ""
    example: bool = False
    imported: bool = False

    @model_validator(mode="after")
    def _epochs_in_order(self) -> Self:
        numbers = [each.epoch for each in self.epochs]
        if numbers != [*range(1, len(numbers) + 1)]:
            raise ValueError(f"its epochs are numbered {shown(numbers)}. They count 1, 2, 3 and so on")
        return self

    @property
    def validation_accuracy(self) -> float | None:
        """After the last epoch; None without a validation split or before the first epoch's end."""
        return self.epochs[-1].validation_accuracy if self.epochs else None

    @property
    def ends(self) -> tuple[float, ...]:
        """Epochs trained at the end of each; the last has a fraction where it was cut short by a stop."""
        return tuple(each.epoch - 1 + each.images / (self.train_images or each.images) for each in self.epochs)

    @property
    def best_epoch(self) -> int | None:
        """The first with the highest validation accuracy; None without a validation split."""
        judged = [each for each in self.epochs if each.validation_accuracy is not None]
        return max(judged, key=lambda each: (each.validation_accuracy, -each.epoch)).epoch if judged else None

    def epoch_number(self, epoch: int | None) -> int:
        """The epoch that is asked for, counted from 1; the last where none is.

        Raises:
            RunError: It has no such epoch.
        """
        last = len(self.epochs)
        if epoch is None and last:
            return last
        if epoch is None or not 1 <= epoch <= last:
            asked = "" if epoch is None else f" {shown(epoch)}"
            there = f"it has epochs 1 to {last}" if last else self._why_none
            raise RunError(f"Run {self.name} has no epoch{asked}: {there}.")
        return epoch

    @property
    def _why_none(self) -> str:
        if self.state.is_live:
            return "its first is not over. Wait for it"
        return (
            "none was trained to its end. Train it from the start, with other settings where those were at fault"
        )

    def until(self, epoch: int) -> Run:
        """What it was after an epoch: the figures of that many epochs, and no result."""
        epochs = self.epochs[:epoch]
        return self.model_copy(
            update={
                "epochs": epochs,
                "rate_changes": tuple(each for each in self.rate_changes if each.epoch < epoch),
                "train_seconds": sum(each.seconds for each in epochs),
                "test_loss": None,
                "test_accuracy": None,
            }
        )

    @property
    def has_weights(self) -> bool:
        """Whether at least one epoch was kept; the last one always is."""
        return bool(self.epochs)
