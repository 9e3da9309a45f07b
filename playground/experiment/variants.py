"""The alternatives behind each tagged field: kinds of layer, optimizers, schedules.

One registry serves builders, widgets, changes of an experiment and the sentences about its faults.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from playground.experiment.architecture import ConvLayer, ResidualBlock
from playground.experiment.base import Frozen
from playground.experiment.training import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    MomentumSGD,
    Muon,
    Nesterov,
    OneCycle,
    RMSprop,
    Steps,
)

VARIANTS: dict[str, tuple[type[Frozen], ...]] = {
    "kind": (ConvLayer, ResidualBlock),
    "optimizer": (SGD, MomentumSGD, Nesterov, Adam, AdamW, RMSprop, Muon),
    "schedule": (Constant, Steps, Cosine, OneCycle),
}
"""The alternatives behind each tagged field; the first field of each class is its tag."""


def variant(family: str, tag: str) -> type[Frozen] | None:
    """The class with this tag in a family of VARIANTS, or None."""
    return next((v for v in VARIANTS[family] if next(iter(v.model_fields.values())).default == tag), None)


def tags(family: str) -> tuple[str, ...]:
    """The tags of a family of VARIANTS, in order."""
    return tuple(str(next(iter(v.model_fields.values())).default) for v in VARIANTS[family])


def retagged(family: str, document: dict[str, Any], tag: str) -> dict[str, Any]:
    """The document as another variant: the tag replaced, and what the new variant does not admit dropped."""
    chosen = variant(family, tag)
    key = "kind" if family == "kind" else "name"
    if chosen is None:
        return {**document, key: tag}
    return {**{k: v for k, v in document.items() if k != key and _admits(chosen, k, v)}, key: tag}


def _admits(model: type[Frozen], field: str, value: Any) -> bool:
    try:
        model.model_validate_json(json.dumps({field: value}))
    except ValidationError:
        return False
    return True
