"""How the weights are found: optimizer, learning-rate schedule, augmentation, seed, device."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from playground.experiment.augmentation import AUGMENTATION, Augmentation
from playground.experiment.base import Frozen, Setting
from playground.experiment.optimizers import OPTIMIZERS, Adam, Optimizer
from playground.experiment.schedules import MOST_EPOCHS, SCHEDULES, Constant, Schedule

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]


class Training(Frozen):
    """How the weights are found."""

    optimizer: Annotated[
        Optimizer, OPTIMIZERS, Setting("Optimizer", "The rule that turns gradients into steps.")
    ] = Adam()
    schedule: Annotated[
        Schedule,
        SCHEDULES,
        Setting(
            "Schedule",
            "How the rate changes during the run. One-cycle goes up and down once and needs few epochs; "
            "the end of the schedule makes the accuracy.",
        ),
    ] = Constant()
    epochs: Annotated[
        int, Field(ge=1, le=MOST_EPOCHS), Setting("Epochs", "How often every training image is seen.")
    ] = 5
    batch_size: Annotated[int, Field(ge=1, le=8192), Setting("Batch size", "Images per step.", 32)] = 128
    shuffle: Annotated[bool, Setting("Shuffle", "A new order of the images in every epoch.")] = True
    label_smoothing: Annotated[
        float,
        Field(ge=0, lt=1, allow_inf_nan=False),
        Setting("Label smoothing", "Share of each label spread over all classes, against overconfidence.", 0.05),
    ] = 0.0
    augmentation: Annotated[Augmentation, AUGMENTATION] = Augmentation()
    seed: Annotated[
        int,
        Field(ge=0, le=2**32 - 1),
        Setting("Seed", "Same seed, same machine: the same weights to the last bit."),
    ] = 0
    device: Annotated[Device, Setting("Device", "auto takes a GPU if there is one.")] = "auto"
    precision: Annotated[
        Precision,
        Setting(
            "Precision",
            "auto takes bfloat16 where the processor multiplies it faster; weights stay in float32, "
            "and evaluation always is.",
        ),
    ] = "auto"
