"""An export of another playground, read again: safetensors and schema-checked JSON, and nothing else of it.

Neither the scripts nor the ONNX model in it are looked at, let alone run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from playground.errors import RunError
from playground.experiment.messages import sentences
from playground.system.zip_files import opened
from playground.training.record import Run, RunState

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    from torch import Tensor, nn

    from playground.data.images import FashionData, Images

RECORD, WEIGHTS = "run.json", "weights.safetensors"
MOST_BYTES = 200 * 2**20  # of the zip, and of each file in it once unpacked
_MOST_RECORD = 2 * 2**20  # of the record
_MOST_HEADER = 2**20  # of the weights: the names and shapes of all tensors
_SAME = 5e-4  # of an accuracy; other processors add up in another order


@dataclass(frozen=True, eq=False)
class ImportedArchive:
    """What an export tells: the record of a run up to an epoch, and the weights after it."""

    record: Run
    weights: Mapping[str, Tensor]


def read_export(content: bytes) -> ImportedArchive:
    """Read an export.

    Raises:
        RunError: It is none, is damaged, or is larger than an export can be.
    """
    if len(content) > MOST_BYTES:
        raise RunError(f"The file has {len(content) / 2**20:,.0f} MB; an export has {MOST_BYTES >> 20} at most.")
    with opened(content, RECORD) as archive:
        record = archive.read(RECORD, _MOST_RECORD)
        weights = archive.read(WEIGHTS, MOST_BYTES)
    return ImportedArchive(_record(record), _tensors(weights))


def _record(content: bytes) -> Run:
    try:
        record = Run.model_validate_json(content)
    except ValidationError as error:
        found = " ".join(sentences(error, "the file"))
        raise RunError(f"{RECORD} in it is no record of a run: {found}") from error
    if not record.epochs:
        raise RunError(f"{RECORD} in it tells of no epoch: there are no weights without one.")
    return record


def _tensors(content: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    if int.from_bytes(content[:8], "little") > _MOST_HEADER:
        raise RunError(f"{WEIGHTS} in it is damaged, or names more tensors than a network has.")
    try:
        return load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise RunError(f"{WEIGHTS} in it is damaged: {error}.") from error


def brought_in(packed: ImportedArchive, data: FashionData | None, **own: Any) -> ImportedArchive:
    """Make of an export what it is in this home.

    Args:
        data: The images it was trained on, if they are here: then it is judged by them, here and now.
        own: Its name here, and the time.

    Raises:
        ArchitectureError: Its layers need too much memory.
        RunError: The weights are not those of its layers.
    """
    from playground.network import plan
    from playground.network.inference import load_network

    record = packed.record
    plan.check(record.experiment)  # before anything is allocated
    updates = {"imported": True, "example": False, "parent": "", "parent_epoch": 0, "resumed": (), "message": ""}
    state = RunState.STOPPED if record.state.is_live else record.state
    run = record.model_copy(update={**updates, "state": state, **own})
    try:
        network = load_network(run.experiment.architecture, packed.weights)
    except RuntimeError as error:
        raise RunError(f"{WEIGHTS} in it holds other weights than {RECORD} has layers for.") from error
    weights = network.state_dict()
    if not all(value.isfinite().all() for value in weights.values()):
        raise RunError(f"{WEIGHTS} in it holds weights that are no finite numbers.")
    return ImportedArchive(run if data is None else _judged(run, network, data), weights)


def _judged(run: Run, network: nn.Module, data: FashionData) -> Run:
    """The same with the accuracies that are seen here, and a word where its record says otherwise."""
    from playground.data.images import validation_images
    from playground.network.inference import evaluation_batch, loss_and_accuracy, predict_logits

    choice, batch = run.experiment.data, evaluation_batch(run.experiment.architecture)

    def seen(images: Images) -> tuple[float, float]:
        return loss_and_accuracy(predict_logits(network, images.pixels, choice, batch), images.labels)

    validation, claimed = validation_images(data, choice.validation, choice.fold, choice.folds), run.test_accuracy
    if validation is not None:
        loss, accuracy = seen(validation)
        last = replace(run.epochs[-1], validation_loss=loss, validation_accuracy=accuracy)
        run = run.model_copy(update={"epochs": (*run.epochs[:-1], last)})
    if claimed is None:  # it was never judged on the test images, and is not here
        return run
    loss, accuracy = seen(data.test)
    differs = abs(accuracy - claimed) > _SAME
    words = f"Its record says {claimed:.2%} of the test images; here it is {accuracy:.2%}." if differs else ""
    return run.model_copy(update={"test_loss": loss, "test_accuracy": accuracy, "message": words})
