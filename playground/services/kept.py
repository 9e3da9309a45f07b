"""What a run has left on disk, to be read: nothing here writes, locks or removes.

    <run>/run.json                 the record, written last: what is not in it does not count
    <run>/curve.json               loss and accuracy per batch, thinned
    <run>/epoch-0001.safetensors   weights and validation scores after an epoch
    <run>/test.safetensors         scores of the test images

safetensors and JSON only: nothing in here can run code when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from playground.core.complaints import sentences
from playground.core.run import Run
from playground.errors import RunError, RunNotFoundError

if TYPE_CHECKING:  # torch is imported where tensors are read: the app's controls are there before it
    from torch import Tensor

RECORD, CURVE, TEST = "run.json", "curve.json", "test.safetensors"
WEIGHT, VALIDATION_LOGITS, TEST_LOGITS = "weight:", "validation_logits", "test_logits"  # names of tensors


def epoch_file(epoch: int) -> str:
    """The name of the file of an epoch."""
    return f"epoch-{epoch:04}.safetensors"


class Kept:
    """What is kept of one run. An epoch whose file is not there keeps its figures in the record all the same."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Run:
        """The record.

        Raises:
            RunNotFoundError: There is no record here.
            RunError: The record cannot be read.
        """
        name = self.path.name
        try:
            run = Run.model_validate_json((self.path / RECORD).read_bytes())
        except FileNotFoundError:
            raise RunNotFoundError(f'There is no run "{name}".') from None
        except ValidationError as error:
            found = " ".join(sentences(error, "the file"))
            raise RunError(f"The record of run {name} is damaged: {found}") from error
        except OSError as error:
            raise RunError(f"The record of run {name} cannot be read: {error.strerror}.") from error
        if run.run != name:
            raise RunError(f"The folder of run {name} holds the record of run {run.run}.")
        return run

    def weights(self, epoch: int) -> dict[str, Tensor]:
        """The weights after an epoch, by the names of the network's parameters and buffers."""
        tensors = self._load(epoch_file(epoch), lambda name: name.startswith(WEIGHT))
        return {name.removeprefix(WEIGHT): value for name, value in tensors.items()}

    def validation_logits(self, epoch: int) -> Tensor | None:
        """Class scores of the validation images after an epoch, float32 [n, 10]; None without a split."""
        return self._load(epoch_file(epoch), lambda name: name == VALIDATION_LOGITS).get(VALIDATION_LOGITS)

    def test_logits(self) -> Tensor:
        """Class scores of the test images with the weights of the last epoch, float32 [n, 10]."""
        tensors = self._load(TEST, lambda name: name == TEST_LOGITS)
        if TEST_LOGITS not in tensors:
            raise RunError(f"{TEST} of run {self.path.name} is damaged: it holds no test scores.")
        return tensors[TEST_LOGITS]

    def _load(self, name: str, wanted: Callable[[str], bool]) -> dict[str, Tensor]:
        """The tensors with a wanted name; the others, weights of tens of megabytes for one, are not read."""
        from safetensors import SafetensorError, safe_open

        file = self.path / name
        try:
            with safe_open(file, framework="pt") as opened:
                # cloned: a tensor of safe_open is a view of the file, which may be replaced
                return {key: opened.get_tensor(key).clone() for key in opened.keys() if wanted(key)}  # noqa: SIM118
        except FileNotFoundError:
            raise RunError(f"Run {self.path.name} has no {file.name}: it was not kept.") from None
        except (SafetensorError, OSError) as error:
            raise RunError(f"{file.name} of run {self.path.name} is damaged: {error}.") from error

    def curve(self) -> dict[str, list[float]]:
        """The thinned per-batch curve; empty if none was kept, or if it is damaged."""
        try:
            content = json.loads((self.path / CURVE).read_bytes())
            curve = {str(name): [float(v) for v in values] for name, values in content.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}
        return curve if len({len(values) for values in curve.values()}) == 1 else {}
