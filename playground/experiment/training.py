"""How the weights are found: optimizer, learning-rate schedule, augmentation, seed, device."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from playground.experiment.base import Frozen, Setting, Share
from playground.experiment.optimizers import OPTIMIZERS, Adam, Optimizer
from playground.experiment.schedules import MOST_EPOCHS, SCHEDULES, Constant, Schedule

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]


class Augmentation(Frozen):
    """Random changes to training images, drawn anew in every epoch. Never applied when evaluating."""

    mirror: Annotated[
        bool,
        Setting("Mirror", "Half of the images are flipped left to right, differently in every epoch."),
    ] = False
    shift: Annotated[int, Field(ge=0, le=8), Setting("Shift", "Each image is moved by up to so many pixels.")] = 0
    rotate: Annotated[
        float,
        Field(ge=0, le=180, allow_inf_nan=False),
        Setting("Rotate", "Each image is turned by up to so many degrees either way.", 5.0),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(ge=0, le=1, allow_inf_nan=False),
        Setting("Zoom", "Each image is stretched or shrunk by up to this share, height and width apart.", 0.05),
    ] = 0.0
    tone: Annotated[
        float,
        Field(ge=0, le=3, allow_inf_nan=False),
        Setting("Tone", "Shades to a power of up to 1 + this or its inverse: more or less contrast.", 0.1),
    ] = 0.0
    thicken: Annotated[
        Share,
        Setting("Thicken", "Each image up to so much of a pixel wider or narrower on every side.", 0.1),
    ] = 0.0
    invert: Annotated[
        Share,
        Setting("Invert", "Share of the images in which the garment's light and dark parts change.", 0.05),
    ] = 0.0
    sketch: Annotated[Share, Setting("Sketch", "Share of the images redrawn in two shades, as an icon.", 0.05)] = (
        0.0
    )
    drawn: Annotated[
        Share,
        Setting(
            "Drawn", "Share of the images replaced by drawn garments of the same class, made up at random.", 0.05
        ),
    ] = 0.0
    erase: Annotated[
        Share, Setting("Erase", "Share of the images in which a random rectangle becomes noise.", 0.05)
    ] = 0.0


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
    augmentation: Augmentation = Augmentation()
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
