"""What a training says while it runs: frozen events, in this order.

`TrainingStarted`, then for every epoch some `BatchEnd` and one `EpochEnd`, and last `TrainingFinished` or
`TrainingDiverged`. `RateChanged` comes wherever somebody changed the learning rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from playground.experiment.base import Share

if TYPE_CHECKING:  # screens read events before torch is warm
    from torch import Tensor

    from playground.training.checkpoint import Checkpoint


# The ranges hold where a record is read: what a training says of itself is taken as it is.
_Whole = Annotated[int, Field(ge=0, le=2**53)]
_Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


@dataclass(frozen=True)
class TrainingStarted:
    """What the training runs on. `batches_in_epoch` times `epochs` is its whole length in steps."""

    device: str
    precision: str
    threads: int
    torch: str
    train_images: int
    batches_in_epoch: int


@dataclass(frozen=True)
class BatchEnd:
    """The means over the batches since the last such event.

    Attributes:
        step: Batches done in the whole run.
        loss: Training loss in nats an image, label smoothing included.
        accuracy: Fraction of the training images right, as augmented and before the step.
        learning_rate: Of the last batch.
        images: Training images seen in the whole run.
        train_seconds: Spent in training so far, pauses and evaluation excluded.
    """

    step: int
    loss: float
    accuracy: float
    learning_rate: float
    images: int
    train_seconds: float


@dataclass(frozen=True)
class RateChanged:
    """Somebody changed the learning rate by hand.

    Attributes:
        step: Batches done in the whole run before the change.
        epoch: The same in epochs.
        learning_rate: What the schedule's full rate is from here on; its shape goes on.
    """

    step: _Whole
    epoch: _Number
    learning_rate: _Number


@dataclass(frozen=True)
class Resumption:
    """A training was taken up again after an interruption.

    Attributes:
        epoch: After so many epochs.
        exactly: On the same device, precision, number of threads and PyTorch: the weights are bit for bit those
            of a training that was never interrupted.
    """

    epoch: _Whole
    exactly: bool


@dataclass(frozen=True)
class EpochMetrics:
    """One epoch in numbers, each a mean over its images.

    Attributes:
        epoch: 1, 2, ...
        images: Training images seen in it; fewer than all in the last epoch of a run that was stopped.
        train_loss: With label smoothing and augmentation, while the weights changed.
        validation_loss: Plain cross-entropy after the epoch; None without a validation split.
        seconds: Training only.
    """

    epoch: _Whole
    images: Annotated[int, Field(ge=1, le=2**53)]
    train_loss: float
    train_accuracy: Share
    validation_loss: float | None
    validation_accuracy: Share | None
    learning_rate: _Number
    seconds: Seconds


@dataclass(frozen=True, eq=False)
class EpochEnd:
    """The metrics, weights (on the CPU) and validation scores (float32 [n, 10]) after an epoch.

    `state` is a checkpoint to go on from; None after an epoch that was cut short.
    """

    metrics: EpochMetrics
    weights: Mapping[str, Tensor]
    validation_logits: Tensor | None
    state: Checkpoint | None


@dataclass(frozen=True, eq=False)
class TrainingFinished:
    """The test images, evaluated once with the last weights. Scores are float32 [n, 10]."""

    stopped: bool
    test_logits: Tensor
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class TrainingDiverged:
    """The loss or the weights are no longer numbers worth training on."""

    step: int
    reason: str


Event = TrainingStarted | BatchEnd | RateChanged | EpochEnd | TrainingFinished | TrainingDiverged
