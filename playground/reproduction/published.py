"""The published systems, as they are trained to see whether their figures are reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.network.plan import Plan, plan
from playground.reproduction.articles import ARTICLES, Article

PUBLISHED = tuple(name for name, preset in PRESETS.items() if preset.article)


@dataclass(frozen=True)
class System:
    """A published system as it is trained here.

    Attributes:
        experiment: With the first seed; the next seeds follow it.
        reported: Accuracy on the test images as a fraction; None where the article says it in words.
        notes: What the article is about and what it left open.
    """

    name: str
    experiment: Experiment
    reported: float | None
    article: Article
    notes: str = ""

    @cached_property
    def _plan(self) -> Plan:
        return plan(self.experiment.architecture)

    @property
    def parameters(self) -> int:
        """Trained numbers, counted in the network."""
        return self._plan.parameters

    @property
    def work(self) -> int:
        """Multiply-adds of one image, forward, in all epochs: what makes a training long."""
        return self._plan.multiply_adds * self.experiment.training.epochs

    def seeded(self, turn: int) -> Experiment:
        """Its experiment with the seed that is `turn` (0, 1, ...) behind the first."""
        return self.experiment.changed({"training.seed": self.experiment.training.seed + turn})


def systems(names: Iterable[str] = ()) -> tuple[System, ...]:
    """The published systems of these presets, or all of them if none is named, in the presets' order.

    Each trains as its article does: on all images, with the test images as validation.

    Raises:
        ExperimentError: There is no such preset, or no article describes it.
    """
    asked = tuple(names) or PUBLISHED
    for name in asked:
        if name not in PUBLISHED:
            raise ExperimentError(
                f"{_refusal(name)} Published: {', '.join(PUBLISHED)}; name none for all of them."
            )
    return tuple(as_published(name) for name in PUBLISHED if name in asked)


def _refusal(name: str) -> str:
    if name in PRESETS:
        return f'"{name}" is a recipe of our own, and there is no reported figure to compare it with.'
    return f'"{name}" is none of the published systems.'


def as_published(name: str) -> System:
    """A published preset, trained as its article does: all training images, judged by the test images."""
    preset = PRESETS[name]
    experiment = preset.experiment.changed({"data.validation": "test"})
    return System(name, experiment, preset.reported_accuracy, ARTICLES[name], preset.article or "")
