"""The words of the settings on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from playground.experiment.architecture import Architecture
from playground.experiment.augmentation import AUGMENTATION
from playground.experiment.base import Frozen
from playground.experiment.experiment import DataChoice
from playground.experiment.layers import DenseLayer
from playground.experiment.training import Training
from playground.experiment.variants import VARIANTS

_PATH = re.compile(r"\b(?:architecture|training|data)(?:\.\w+)+")


def models() -> Iterator[type[Frozen]]:
    """Every model that has settings."""
    yield from (Architecture, DenseLayer, Training, AUGMENTATION.model, DataChoice)
    for registry in VARIANTS.values():
        yield from registry.members


def choices(model: type[Frozen], name: str) -> tuple[str, ...]:
    """The words a choice field takes, in the order of its model."""
    return tuple(str(choice) for choice in get_args(model.model_fields[name].annotation))


def in_screen_words(sentence: str) -> str:
    """A complaint with the names that stand on the screen: "training.batch_size" becomes "Batch size"."""
    labels = {name: setting.label for model in models() for name, setting in model.settings().items()}
    return _PATH.sub(lambda found: _on_screen(found.group().split("."), labels), sentence)


def _on_screen(path: list[str], labels: dict[str, str]) -> str:
    places = {"layers": "Layer", "hidden": "Dense layer"}
    where = [f"{places[a]} {int(b) + 1}" for a, b in pairwise(path) if a in places and b.isdigit()]
    label = labels.get(path[-1]) or next((labels[part] for part in reversed(path) if part in labels), "")
    return ", ".join([*where, label] if label else where) or ".".join(path)
