"""How the learning rate changes during a run: settings, and the functions of these.

The form, the command line, the engine and the generated script read them in `SCHEDULES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from playground.experiment.base import Setting, Share
from playground.experiment.registry import Registry, Variant

MOST_EPOCHS = 1000
Curve = Callable[..., float]
Final = Annotated[Share, Setting("Ends at", "Share of the full rate that is left at the end.", 0.01)]


class Schedule(Variant):
    """What all schedules have."""

    curve: ClassVar[Curve]
    """A function of epochs done (with fractions), all epochs, and `arguments`: the share of the full rate, 0 to 1.

    Its source goes into a generated script, with what it needs of its module.
    """

    name: str

    def arguments(self) -> dict[str, Any]:
        """The settings that `curve` takes, by their names."""
        return {name: getattr(self, name) for name in self.settings()}

    def share(self, epoch: float, epochs: int) -> float:
        """The share of the full rate after so many epochs, with fractions, of so many."""
        return type(self).curve(epoch, epochs, **self.arguments())

    @property
    def restarts(self) -> tuple[int, ...]:
        """Epochs after which the optimizer forgets its state."""
        return ()


def constant(*_: float) -> float:
    """All of the rate."""
    return 1.0


class Constant(Schedule):
    """The same learning rate from the first batch to the last."""

    title: ClassVar = "constant"
    curve: ClassVar[Curve] = staticmethod(constant)

    name: Literal["constant"] = "constant"


def steps(epoch: float, _: int, milestones: tuple[int, ...], factor: float) -> float:
    """Less by a factor after each milestone."""
    return factor ** sum(epoch >= milestone for milestone in milestones)


class Steps(Schedule):
    """The rate is multiplied by `factor` after each epoch in `milestones`.

    With `restart_optimizer` the optimizer forgets its state there, as a script does that makes a new one.
    """

    title: ClassVar = "steps"
    curve: ClassVar[Curve] = staticmethod(steps)

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

    def arguments(self) -> dict[str, Any]:
        """Without what is the optimizer's."""
        return {"milestones": self.milestones, "factor": self.factor}

    @property
    def restarts(self) -> tuple[int, ...]:
        """Its milestones, if it is said."""
        return self.milestones if self.restart_optimizer else ()


def flank(start: float, end: float, position: float) -> float:
    """From start to end along half a cosine, position 0 to 1."""
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2


def cosine(epoch: float, epochs: int, final: float) -> float:
    """One flank down."""
    return flank(1.0, final, epoch / epochs)


class Cosine(Schedule):
    """Half a cosine from the full rate down to `final` of it (Loshchilov and Hutter 2017)."""

    title: ClassVar = "cosine"
    curve: ClassVar[Curve] = staticmethod(cosine)

    name: Literal["cosine"] = "cosine"
    final: Final = 0.0


def one_cycle(epoch: float, epochs: int, rise: float, start: float, final: float) -> float:
    """A flank up and a flank down."""
    progress = epoch / epochs
    if progress < rise:
        return flank(start, 1.0, progress / rise)
    return flank(1.0, final, (progress - rise) / (1 - rise))


class OneCycle(Schedule):
    """Up from `start` to all of the rate in the first `rise` of the run, then down to `final` of it.

    Smith and Topin 2018, "Super-Convergence", with cosine-shaped flanks.
    """

    title: ClassVar = "one-cycle"
    curve: ClassVar[Curve] = staticmethod(one_cycle)

    name: Literal["one-cycle"] = "one-cycle"
    rise: Annotated[
        float,
        Field(gt=0, lt=1, allow_inf_nan=False),
        Setting("Rise", "Share of the run in which the rate goes up.", 0.05),
    ] = 0.3
    start: Annotated[Share, Setting("Starts at", "Share of the full rate at the first batch.", 0.01)] = 0.04
    final: Final = 0.0


SCHEDULES: Registry[Schedule] = Registry("name", Constant, Steps, Cosine, OneCycle)
"""All schedules, in the order of the form."""
