"""An experiment: a frozen value that says everything about a training except its result.

It is JSON in the URL, the store, an export and a file. Contradictions die when it is built, in a sentence
with the remedy. Nothing here imports torch, so that the screen has its controls before torch is warm.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, model_validator

from playground.errors import ExperimentError
from playground.experiment.architecture import Architecture
from playground.experiment.base import Frozen, Setting
from playground.experiment.messages import sentences
from playground.experiment.training import Training
from playground.experiment.variants import VARIANTS
from playground.text.sentences import shown

SCHEMA_VERSION: Literal[1] = 1

Scaling = Literal["unit", "standard", "raw"]
Validation = Literal["held-out", "none", "test"]
HELD_OUT = 12
"""One image in twelve is held out unless an experiment says otherwise: 5,000 of 60,000."""


class DataChoice(Frozen):
    """Which images are trained on, how a pixel becomes a number, and how an image is judged.

    The images of each class are cut into `folds` equal parts, and `held-out` validates with number `fold` of them.

    With `test_time_mirror` the class scores of an image are the mean over it and its mirror image, with
    `test_time_shift` over it and two copies shifted by a pixel, wherever the network is asked: validation, test
    and pictures of one's own. Never while training.
    """

    leading: ClassVar = ("validation", "folds", "fold")

    scaling: Annotated[
        Scaling,
        Setting("Scaling", "unit: 0 to 1. standard: mean 0, spread 1. raw: 0 to 255, as it comes from the file."),
    ] = "unit"
    validation: Annotated[
        Validation,
        Setting(
            "Validation",
            "held-out: a twelfth of the training images, or another fold of them, guides, the test images judge "
            "once. none: train on all. "
            "test: as many articles do, picking and judging on the same images.",
        ),
    ] = "held-out"
    folds: Annotated[
        int,
        Field(ge=2, le=50),
        Setting("Folds", "Into how many equal parts the images are cut, one of which is held out."),
    ] = HELD_OUT
    fold: Annotated[int, Field(ge=1, le=50), Setting("Fold", "Which of the parts is held out.")] = 1
    fraction: Annotated[
        float,
        Field(gt=0, le=1, allow_inf_nan=False),
        Setting("Fraction", "Share of the training images that is used.", 0.05),
    ] = 1.0
    test_time_mirror: Annotated[
        bool,
        Setting(
            "Mirror average",
            "Each image is judged twice, as it is and mirrored, and the scores are averaged. It is said wherever "
            "an accuracy of this run is shown.",
        ),
    ] = False
    test_time_shift: Annotated[
        bool,
        Setting(
            "Shift average",
            "Each image is judged as it is and shifted by a pixel, up left and down right; the shifted ones count "
            "half. It is said wherever an accuracy of this run is shown.",
        ),
    ] = False

    @model_validator(mode="after")
    def _one_of_the_folds(self) -> Self:
        if self.fold > self.folds:
            raise ValueError(
                f"there is no fold {self.fold} among {self.folds}. "
                f"Set data.fold to at most {self.folds}, or raise data.folds"
            )
        return self

    @property
    def averaging(self) -> str:
        """With what else the scores of an image are averaged, in words; empty where with nothing."""
        mirror, shift = (
            ("its mirror image", self.test_time_mirror),
            ("two shifts by a pixel", self.test_time_shift),
        )
        return " and ".join(words for words, chosen in (mirror, shift) if chosen)


class Experiment(Frozen):
    """Architecture, training and data: with the same machine and seed it gives the same weights."""

    schema_version: Literal[1] = SCHEMA_VERSION
    architecture: Architecture = Architecture()
    training: Training = Training()
    data: DataChoice = DataChoice()

    @model_validator(mode="after")
    def _batch_has_statistics(self) -> Self:
        if self.training.batch_size == 1 and self.architecture.uses_batch_norm:
            raise ValueError(
                "batch norm needs at least two images a batch to take a mean and a spread; batch_size is 1. "
                "Raise training.batch_size, or switch batch norm off in every layer"
            )
        return self

    @classmethod
    def parse(cls, document: object) -> Experiment:
        """Build an experiment from a JSON document (a mapping as `json.loads` gives it).

        Raises:
            ExperimentError: One sentence a fault, each with the path, the value and the remedy.
        """
        if isinstance(document, dict):
            _need_our_own(document)
        try:
            return cls.model_validate_json(_json(document))
        except ValidationError as error:
            raise ExperimentError(" ".join(sentences(error))) from error

    def changed(self, changes: dict[str, Any]) -> Experiment:
        """Return this experiment with some paths set, such as {"training.epochs": 2}.

        When a path names another optimizer, schedule or kind of layer, the fields that the new one does not
        have are dropped, and those that mean the same are kept if the new one admits their values.

        Raises:
            ExperimentError: A path that does not exist, or a value that cannot be.
        """
        _json(changes)  # what is no JSON is refused before it is looked into
        document = self.model_dump(mode="json")
        for path in sorted(changes, key=_tags_before_their_fields):
            _set_path(document, path.split("."), changes[path], path)
        return Experiment.parse(document)


def _need_our_own(document: dict[str, Any]) -> None:
    """Refuse what a newer playground wrote, or another program, before it is picked at field by field."""
    version = document.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, int | float) and version > SCHEMA_VERSION:
        raise ExperimentError(
            f"This experiment has schema version {shown(version)}, and this playground reads up to "
            f"{SCHEMA_VERSION}. Update the playground to open it."
        )
    if document and not document.keys() & Experiment.model_fields.keys():
        within = ' What is under "experiment" is one.' if isinstance(document.get("experiment"), dict) else ""
        raise ExperimentError(
            f"This is no experiment of the playground: it has {_listed(document)}, and an experiment has "
            f"{_listed(Experiment.model_fields)}.{within}"
        )


def _listed(names: Collection[str]) -> str:
    first = [shown(name) for name in names][:6]
    return ", ".join(first) + (f" and {len(names) - 6:,} more" if len(names) > 6 else "")


def _json(document: object) -> str:
    """JSON text of a document, for strict and lossless validation (JSON has no NaN: it becomes a fault)."""
    try:
        return json.dumps(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise ExperimentError(f"An experiment is a JSON document; this is not one: {error}.") from error


def _tags_before_their_fields(path: str) -> tuple[int, bool]:
    """Sorts changes: the outer first, and which optimizer it is before the settings of that optimizer."""
    return path.count("."), path.rpartition(".")[2] not in ("kind", "name")


def _set_path(document: Any, keys: list[str], value: Any, path: str) -> None:
    """Set one value inside nested dicts and lists, in place."""
    *parents, last = keys
    node, owner = document, ""
    for key in parents:
        owner = owner if isinstance(node, list) else key
        node = _child(node, key, path)
    if isinstance(node, list):
        _child(node, last, path)
        node[int(last)] = value
    elif isinstance(node, dict) and last == "kind":
        _replace(node, VARIANTS["kind"].retagged(node, value))
    elif isinstance(node, dict) and last == "name" and owner in VARIANTS:
        _replace(node, VARIANTS[owner].retagged(node, value))
    elif isinstance(node, dict):
        node[last] = value  # an unknown name is reported by the validation, with its place
    else:
        raise ExperimentError(f'There is no setting "{path}": "{parents[-1]}" has nothing inside it.')


def _replace(node: dict[str, Any], new: dict[str, Any]) -> None:
    node.clear()
    node.update(new)


def _child(node: Any, key: str, path: str) -> Any:
    if isinstance(node, dict) and key in node:
        return node[key]
    if isinstance(node, list) and key in map(str, range(len(node))):
        return node[int(key)]
    if isinstance(node, list):
        raise ExperimentError(
            f'There is no setting "{path}": "{key}" is not a position from 0 to {len(node) - 1}.'
            if node
            else f'There is no setting "{path}": this list is empty.'
        )
    if isinstance(node, dict):
        raise ExperimentError(f'There is no setting "{path}": "{key}" is none of {", ".join(node)}.')
    raise ExperimentError(f'There is no setting "{path}": there is nothing that "{key}" could be in.')
