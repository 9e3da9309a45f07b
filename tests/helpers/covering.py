"""Few experiments in which many settings have another value at once: each value is in one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from playground.errors import PlaygroundError
from playground.experiment.experiment import Experiment

Fits = Callable[[Experiment], bool]


def covering(base: Experiment, others: Mapping[str, Sequence[Any]], fits: Fits) -> Iterator[Experiment]:
    """Change `base` by as many values as fit together, until each was in an experiment.

    Values that `fits` refuses even alone are left out.
    """
    left = [
        (path, value) for path, values in others.items() for value in values if _with(base, {path: value}, fits)
    ]
    while left:
        chosen: dict[str, Any] = {}
        for path, value in left:
            if not any(_meet(path, other) for other in chosen) and _with(base, {**chosen, path: value}, fits):
                chosen[path] = value
        left = [(path, value) for path, value in left if chosen.get(path, _NONE) != value]
        yield base.changed(chosen)


_NONE = object()


def _meet(one: str, other: str) -> bool:
    """Whether one setting is a part of the other, or the same."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def has(experiment: Experiment, path: str, value: Any) -> bool:
    """Whether a setting has this value there."""
    try:
        return experiment.changed({path: value}) == experiment
    except PlaygroundError:  # there is no such setting in it
        return False


def _with(base: Experiment, changes: Mapping[str, Any], fits: Fits) -> bool:
    """Whether there is such an experiment, and all of the changes are in it."""
    try:
        found = base.changed(dict(changes))
    except PlaygroundError:
        return False
    return fits(found) and all(has(found, path, value) for path, value in changes.items())
