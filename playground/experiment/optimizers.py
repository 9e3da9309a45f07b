"""The rules that turn gradients into steps: their settings, and PyTorch's optimizer of these.

The form, the command line, the engine and the generated script read them in `OPTIMIZERS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from playground.experiment.base import Setting
from playground.experiment.registry import Registry, Variant

if TYPE_CHECKING:
    import torch

MOST_RATE = 1e9
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


class Optimizer(Variant):
    """The settings that all optimizers have."""

    pytorch: ClassVar[str]
    """The name of its class in `torch.optim`; one that has none there has an `algorithm` of its own."""
    has_fused_kernels: ClassVar[bool] = True
    """Whether that class takes `fused`: all weights are changed in one pass."""

    name: str
    learning_rate: Rate
    weight_decay: Decay

    @property
    def usual_rate(self) -> float:
        """The rate that it begins with here."""
        return float(type(self).model_fields["learning_rate"].default)

    def algorithm(self) -> type[torch.optim.Optimizer]:
        """A class that takes the parameters of a network in their order, and `arguments`.

        The source of one that is not PyTorch's goes into a generated script, with what it needs of its module.
        """
        import torch

        found: type[torch.optim.Optimizer] = getattr(torch.optim, self.pytorch)
        return found

    def arguments(self) -> dict[str, Any]:
        """The settings by the names that `algorithm` has for them."""
        return {"lr": self.learning_rate, "weight_decay": self.weight_decay}

    def build(self, parameters: list[torch.nn.Parameter], fused: bool) -> torch.optim.Optimizer:
        """PyTorch's optimizer of some parameters; `fused` asks for fused kernels, where it has some."""
        kernels = {"fused": fused} if self.has_fused_kernels else {}
        make: Any = self.algorithm()
        built: torch.optim.Optimizer = make(parameters, **self.arguments(), **kernels)
        return built


class SGD(Optimizer):
    """Plain stochastic gradient descent: w <- w - rate x gradient."""

    title: ClassVar = "SGD"
    pytorch: ClassVar = "SGD"

    name: Literal["sgd"] = "sgd"
    learning_rate: Rate = 0.1
    weight_decay: Decay = 0.0


class MomentumSGD(Optimizer):
    """SGD with momentum: the step is a decaying sum of past gradients (Polyak 1964)."""

    title: ClassVar = "SGD with momentum"
    pytorch: ClassVar = "SGD"

    name: Literal["momentum"] = "momentum"
    learning_rate: Rate = 0.05
    weight_decay: Decay = 0.0
    momentum: Momentum = 0.9

    def arguments(self) -> dict[str, Any]:
        """With the momentum."""
        return {**super().arguments(), "momentum": self.momentum}


class Nesterov(Optimizer):
    """SGD with Nesterov's momentum: the gradient is taken ahead of the step (Sutskever et al. 2013)."""

    title: ClassVar = "SGD, Nesterov"
    pytorch: ClassVar = "SGD"

    name: Literal["nesterov"] = "nesterov"
    learning_rate: Rate = 0.05
    weight_decay: Decay = 0.0
    momentum: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False), _MOMENTUM] = 0.9

    def arguments(self) -> dict[str, Any]:
        """With the momentum, which is Nesterov's."""
        return {**super().arguments(), "momentum": self.momentum, "nesterov": True}


class WithBetas(Optimizer):
    """The settings that Adam and its kin have: how long they remember the gradient's direction and size."""

    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999

    def arguments(self) -> dict[str, Any]:
        """Both betas as a pair."""
        return {**super().arguments(), "betas": (self.beta1, self.beta2)}


class Adam(WithBetas):
    """Adam (Kingma and Ba 2015); its weight decay is added to the gradient."""

    title: ClassVar = "Adam"
    pytorch: ClassVar = "Adam"

    name: Literal["adam"] = "adam"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0


class AdamW(WithBetas):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

    title: ClassVar = "AdamW"
    pytorch: ClassVar = "AdamW"

    name: Literal["adamw"] = "adamw"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.01


class RMSprop(Optimizer):
    """RMSprop: each step divided by the running size of its gradient (Tieleman and Hinton 2012)."""

    title: ClassVar = "RMSprop"
    pytorch: ClassVar = "RMSprop"
    has_fused_kernels: ClassVar = False

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: Rate = 0.001
    weight_decay: Decay = 0.0
    smoothing: Annotated[
        float, _PART, Setting("Smoothing", "How long the size of the gradient is remembered.", 0.01)
    ] = 0.99
    momentum: Momentum = 0.0

    def arguments(self) -> dict[str, Any]:
        """PyTorch calls the smoothing alpha."""
        return {**super().arguments(), "alpha": self.smoothing, "momentum": self.momentum}


class Muon(Optimizer):
    """Momentum whose step has all its directions equally long (Jordan et al. 2024).

    For the weights of convolutions and hidden dense layers; AdamW trains the rest at the same rate.
    """

    title: ClassVar = "Muon"

    name: Literal["muon"] = "muon"
    learning_rate: Rate = 0.01
    weight_decay: Decay = 0.01
    momentum: Momentum = 0.9

    def algorithm(self) -> type[torch.optim.Optimizer]:
        """One of ours."""
        from playground.experiment import muon

        return muon.Muon

    def arguments(self) -> dict[str, Any]:
        """With the momentum."""
        return {**super().arguments(), "momentum": self.momentum}


OPTIMIZERS: Registry[Optimizer] = Registry("name", SGD, MomentumSGD, Nesterov, Adam, AdamW, RMSprop, Muon)
"""All optimizers, in the order of the form."""
