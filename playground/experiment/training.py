"""How the weights are found: optimizer, learning-rate schedule, augmentation, seed, device."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from playground.experiment.base import Frozen, Share

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]
MOST_RATE = 1e9
MOST_EPOCHS = 1000
Rate = Annotated[float, Field(gt=0, le=MOST_RATE, allow_inf_nan=False)]
Decay = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Momentum = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


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
    momentum: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.9


class Adam(Frozen):
    """Adam (Kingma and Ba 2015); its weight decay is added to the gradient."""

    name: Literal["adam"] = "adam"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0
    beta1: Momentum = 0.9
    beta2: Momentum = 0.999


class AdamW(Frozen):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

    name: Literal["adamw"] = "adamw"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.01
    beta1: Momentum = 0.9
    beta2: Momentum = 0.999


class RMSprop(Frozen):
    """RMSprop: each step divided by the running size of its gradient (Tieleman and Hinton 2012)."""

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0
    smoothing: Momentum = 0.99
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
    milestones: Annotated[tuple[Annotated[int, Field(ge=1, le=MOST_EPOCHS)], ...], Field(max_length=20)] = (5,)
    factor: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.1
    restart_optimizer: bool = False

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
    final: Share = 0.0


class OneCycle(Frozen):
    """Up from `start` to all of the rate in the first `rise` of the run, then down to `final` of it.

    Smith and Topin 2018, "Super-Convergence", with cosine-shaped flanks.
    """

    name: Literal["one-cycle"] = "one-cycle"
    rise: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.3
    start: Share = 0.04
    final: Share = 0.0


Schedule = Annotated[Constant | Steps | Cosine | OneCycle, Field(discriminator="name")]


class Augmentation(Frozen):
    """Random changes to training images, drawn anew in every epoch. Never applied when evaluating."""

    mirror: bool = False
    shift: Annotated[int, Field(ge=0, le=8)] = 0
    rotate: Annotated[float, Field(ge=0, le=180, allow_inf_nan=False)] = 0.0
    zoom: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    tone: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)] = 0.0
    thicken: Share = 0.0
    invert: Share = 0.0
    sketch: Share = 0.0
    drawn: Share = 0.0
    erase: Share = 0.0


class Training(Frozen):
    """How the weights are found."""

    optimizer: Optimizer = Adam()
    schedule: Schedule = Constant()
    epochs: Annotated[int, Field(ge=1, le=MOST_EPOCHS)] = 5
    batch_size: Annotated[int, Field(ge=1, le=8192)] = 128
    shuffle: bool = True
    label_smoothing: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0
    augmentation: Augmentation = Augmentation()
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    device: Device = "auto"
    precision: Precision = "auto"
