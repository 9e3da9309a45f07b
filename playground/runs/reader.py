"""What a run has left on disk, to be read: nothing here writes, locks or removes.

    <run>/run.json                 the record, written last: what is not in it does not count
    <run>/about.json               what a person says about it: a name, a note
    <run>/curve.jsonl              loss and accuracy of training batches (`curve_log`)
    <run>/epoch-0001.safetensors   weights and validation scores after an epoch
    <run>/state-0001.safetensors   what it takes besides to go on from there
    <run>/test.safetensors         scores of the test images
    <run>/pinned.jsonl             what it said of pinned pictures after each epoch (`streams`)
    <run>/manifest.json            checksums of all safetensors, without which one flipped byte would load as it is

safetensors and JSON only: nothing in here can run code when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from playground.errors import RunError, RunNotFoundError
from playground.experiment.messages import sentences
from playground.runs.about import read_about
from playground.runs.curve_log import read_curve
from playground.runs.manifest import FileSum, read_manifest
from playground.runs.snapshot import Curve
from playground.system.files import read_whole
from playground.text.sentences import shown
from playground.training.record import Run

if TYPE_CHECKING:  # torch is imported where tensors are read: the app's controls are there before it
    from torch import Tensor

    from playground.training.checkpoint import Checkpoint, Start

_MOST_RECORD = 20_000_000  # bytes; a thousand epochs have 0.3 MB
_MOST_SENTENCES = 3
RECORD, TEST = "run.json", "test.safetensors"
WEIGHT, VALIDATION_LOGITS, TEST_LOGITS = "weight:", "validation_logits", "test_logits"  # names of tensors


def _first(found: Sequence[str]) -> str:
    more = len(found) - _MOST_SENTENCES
    return " ".join(found[:_MOST_SENTENCES]) + (f" And {more} more." if more > 0 else "")


def epoch_file(epoch: int) -> str:
    """The name of the file of an epoch."""
    return f"epoch-{epoch:04}.safetensors"


def state_file(epoch: int) -> str:
    """The name of the file with the checkpoint of an epoch."""
    return f"state-{epoch:04}.safetensors"


class RunReader:
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
            run = Run.model_validate_json(read_whole(self.path / RECORD, _MOST_RECORD))
        except FileNotFoundError:
            raise RunNotFoundError(f'There is no run "{name}".') from None
        except ValidationError as error:
            raise RunError(
                f"The record of run {name} is damaged: {_first(sentences(error, 'the file'))}"
            ) from error
        except OSError as error:
            raise RunError(f"The record of run {name} cannot be read: {error.strerror}.") from error
        if run.run != name:
            raise RunError(
                f"The folder of run {name} holds the record of run {shown(run.run)}, perhaps as a copy. "
                "Call it so, or move it elsewhere."
            )
        renamed = read_about(self.path).name
        return run.model_copy(update={"name": renamed}) if renamed else run

    def weights(self, epoch: int) -> dict[str, Tensor]:
        """The weights after an epoch, by the names of the network's parameters and buffers."""
        return self.epoch(epoch)[0]

    def validation_logits(self, epoch: int) -> Tensor | None:
        """Class scores of the validation images after an epoch, float32 [n, 10]; None without a split."""
        return self.epoch(epoch)[1]

    def epoch(self, epoch: int) -> tuple[dict[str, Tensor], Tensor | None]:
        """`weights` and `validation_logits`, from one look at their file."""
        from playground.training.checkpoint import of_kind

        tensors = self._load(epoch_file(epoch))
        return of_kind(tensors, WEIGHT), tensors.get(VALIDATION_LOGITS)

    def test_logits(self) -> Tensor:
        """Class scores of the test images with the weights of the last epoch, float32 [n, 10]."""
        tensors = self._load(TEST)
        if TEST_LOGITS not in tensors:
            raise RunError(f"{TEST} of run {self.path.name} is damaged: it holds no test scores.")
        return tensors[TEST_LOGITS]

    def state(self, epoch: int) -> Checkpoint:
        """What it takes, besides the weights, to go on after an epoch.

        Raises:
            RunError: It was not kept, or is damaged.
        """
        from playground.training.checkpoint import state_from

        try:
            return state_from(self._load(state_file(epoch)))
        except KeyError as error:
            raise RunError(f"{state_file(epoch)} of run {self.path.name} is damaged: no {error}.") from error

    def start(self, run: Run) -> Start:
        """Where the training of a run can go on: after its last epoch of which everything is whole.

        Raises:
            RunError: After none of them; the sentence says what is wrong with the last.
        """
        from playground.training.checkpoint import Start

        why = None
        for epoch in reversed(self.with_state(run)):
            try:
                return Start(*self.epoch(epoch), self.state(epoch))
            except RunError as error:
                why = why or error
        raise RunError(f"Run {run.name} cannot go on. {why or 'Nothing was kept of how its optimizer stood.'}")

    def with_weights(self, run: Run) -> tuple[int, ...]:
        """The epochs whose weights are kept, ascending."""
        return self._epochs(run, epoch_file)

    def with_state(self, run: Run) -> tuple[int, ...]:
        """The epochs from which a training can go on with its own optimizer, ascending."""
        return self._epochs(run, state_file)

    def _epochs(self, run: Run, file: Callable[[int], str]) -> tuple[int, ...]:
        there = {path.name for path in self.path.glob("*.safetensors")}
        return tuple(each.epoch for each in run.epochs if file(each.epoch) in there)

    def size(self) -> int:
        """Bytes that the run takes on the disk."""
        return sum(path.stat().st_size for path in self.path.glob("*") if path.is_file())

    def _load(self, name: str) -> dict[str, Tensor]:
        """The tensors of a file that is what it was when it was written."""
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            content = read_whole(self.path / name)
            self._check(name, content)
            return load(content)
        except FileNotFoundError:
            raise RunError(f"Run {self.path.name} has no {name}: it was not kept.") from None
        except (SafetensorError, OSError) as error:
            raise RunError(f"{name} of run {self.path.name} is damaged: {error}.") from error

    def _check(self, name: str, content: bytes) -> None:
        manifest = read_manifest(self.path)
        if manifest is None:
            return
        if name not in manifest.files:
            raise RunError(f"Run {self.path.name} has no {name}: it was not kept to its end.")
        if manifest.files[name] != FileSum.of(content):
            raise RunError(f"{name} of run {self.path.name} is damaged: its checksum is not that of the manifest.")

    def curve(self) -> Curve:
        """The curve of its training batches, as far as it has come; empty if none was kept."""
        return read_curve(self.path)
