"""How the weights are found: optimizer, learning-rate schedule, augmentation, seed, device."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from playground.experiment.base import Frozen, Setting, Share

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]
MOST_RATE = 1e9
MOST_EPOCHS = 1000
Rate = Annotated[
    float,
    Field(gt=0, le=MOST_RATE, allow_inf_nan=False),
    Setting(
        "Learning rate",
        "The size of each step. Too large and the loss explodes, too small and nothing happens. "
        "Change it by factors of 3 or 10.",
    ),
]
Decay = Annotated[
    float,
    Field(ge=0, le=10, allow_inf_nan=False),
    Setting("Weight decay", "Pulls every weight a little towards zero in each step.", 0.01),
]
_PART = Field(ge=0, lt=1, allow_inf_nan=False)
_MOMENTUM = Setting("Momentum", "Share of the last step that is added to this one.", 0.05)
Momentum = Annotated[float, _PART, _MOMENTUM]
Beta1 = Annotated[float, _PART, Setting("Beta 1", "How long Adam remembers the direction of the gradient.", 0.01)]
Beta2 = Annotated[float, _PART, Setting("Beta 2", "How long Adam remembers the size of the gradient.", 0.001)]
Final = Annotated[Share, Setting("Ends at", "Share of the full rate that is left at the end.", 0.01)]


class SGD(Frozen):
    """Plain stochastic gradient descent: w <- w - rate x gradient."""

    name: Literal["sgd"] = "sgd"
    learning_rate: Rate = 0.1
    weight_decay: Decay = 0.0


class MomentumSGD(Frozen):
    """SGD with momentum: the step is a decaying sum of past gradients (Polyak 1964)."""

    name: Literal["momentum"] = "momentum"
    learning_rate: Rate = 0.05
    weight_decay: Decay = 0.0
    momentum: Momentum = 0.9


class Nesterov(Frozen):
    """SGD with Nesterov's momentum: the gradient is taken ahead of the step (Sutskever et al. 2013)."""

    name: Literal["nesterov"] = "nesterov"
    learning_rate: Rate = 0.05
    weight_decay: Decay = 0.0
    momentum: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False), _MOMENTUM] = 0.9


class Adam(Frozen):
    """Adam (Kingma and Ba 2015); its weight decay is added to the gradient."""

    name: Literal["adam"] = "adam"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999


class AdamW(Frozen):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

    name: Literal["adamw"] = "adamw"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.01
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999


class RMSprop(Frozen):
    """RMSprop: each step divided by the running size of its gradient (Tieleman and Hinton 2012)."""

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0
    smoothing: Annotated[
        float, _PART, Setting("Smoothing", "How long the size of the gradient is remembered.", 0.01)
    ] = 0.99
    momentum: Momentum = 0.0


class Muon(Frozen):
    """Momentum whose step has all its directions equally long (Jordan et al. 2024).

    For the weights of convolutions and hidden dense layers; AdamW trains the rest at the same rate.
    """

    name: Literal["muon"] = "muon"
    learning_rate: Rate = 0.01
    weight_decay: Decay = 0.01
    momentum: Momentum = 0.9


Optimizer = Annotated[SGD | MomentumSGD | Nesterov | Adam | AdamW | RMSprop | Muon, Field(discriminator="name")]


class Constant(Frozen):
    """The same learning rate from the first batch to the last."""

    name: Literal["constant"] = "constant"


class Steps(Frozen):
    """The rate is multiplied by `factor` after each epoch in `milestones`.

    With `restart_optimizer` the optimizer forgets its state there, as a script does that makes a new one.
    """

    name: Literal["steps"] = "steps"
    milestones: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MOST_EPOCHS)], ...],
        Field(max_length=20),
        Setting("After epochs", "Where the rate is lowered, for instance 5, 8."),
    ] = (5,)
    factor: Annotated[
        float,
        Field(gt=0, le=1, allow_inf_nan=False),
        Setting("Factor", "What the rate is multiplied by there.", 0.1),
    ] = 0.1
    restart_optimizer: Annotated[
        bool, Setting("Restart optimizer", "Forget momentum and statistics at each milestone.")
    ] = False

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if list(self.milestones) != sorted(set(self.milestones)):
            raise ValueError(
                f"milestones are epochs in ascending order, each once; {list(self.milestones)} is not. "
                f"Use {sorted(set(self.milestones))}"
            )
        return self


class Cosine(Frozen):
    """Half a cosine from the full rate down to `final` of it (Loshchilov and Hutter 2017)."""

    name: Literal["cosine"] = "cosine"
    final: Final = 0.0


class OneCycle(Frozen):
    """Up from `start` to all of the rate in the first `rise` of the run, then down to `final` of it.

    Smith and Topin 2018, "Super-Convergence", with cosine-shaped flanks.
    """

    name: Literal["one-cycle"] = "one-cycle"
    rise: Annotated[
        float,
        Field(gt=0, lt=1, allow_inf_nan=False),
        Setting("Rise", "Share of the run in which the rate goes up.", 0.05),
    ] = 0.3
    start: Annotated[Share, Setting("Starts at", "Share of the full rate at the first batch.", 0.01)] = 0.04
    final: Final = 0.0


Schedule = Annotated[Constant | Steps | Cosine | OneCycle, Field(discriminator="name")]


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

    optimizer: Annotated[Optimizer, Setting("Optimizer", "The rule that turns gradients into steps.")] = Adam()
    schedule: Annotated[
        Schedule,
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
