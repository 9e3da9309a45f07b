"""Experiments side by side: every setting by its path, or those alone in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playground.experiment.experiment import Experiment


def settings(experiment: Experiment) -> dict[str, Any]:
    """Every single setting by its path, such as "training.optimizer.learning_rate"."""
    return dict(_flat(experiment.model_dump(mode="json"), ""))


def differences(experiments: Sequence[Experiment]) -> dict[str, tuple[Any, ...]]:
    """The settings in which experiments differ, each with its value in every one; None where it has none."""
    rows = side_by_side(experiments)
    return {path: values for path, values in rows.items() if any(value != values[0] for value in values)}


def side_by_side(experiments: Sequence[Experiment]) -> dict[str, tuple[Any, ...]]:
    """All settings, each with its value in every experiment; None where it has none."""
    each = [settings(experiment) for experiment in experiments]
    paths = dict.fromkeys(path for one in each for path in one)
    return {path: tuple(one.get(path) for one in each) for path in paths}


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        items = value.items()
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        items = ((str(position), each) for position, each in enumerate(value))  # type: ignore[assignment]
    else:
        yield path, value
        return
    for name, inner in items:
        yield from _flat(inner, f"{path}.{name}" if path else name)
