"""Runs as files: exported for elsewhere, and made of the exports of other playgrounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.analysis.scores import Scores
from playground.errors import DataError, RunError
from playground.runs.library import Library
from playground.training.record import RunState

if TYPE_CHECKING:  # imports torch
    from playground.export.archive import Export


class Transfer:
    """Exports and imports runs."""

    def __init__(self, library: Library, scores: Scores) -> None:
        self._library, self._scores = library, scores

    def export(self, run: str, epoch: int | None = None) -> Export:
        """A run as one zip that works elsewhere, verified; with the weights of an epoch, or of its last.

        Raises:
            RunError: There is no such epoch, its weights were not kept, or what was packed does not say what
                PyTorch says.
        """
        from playground.export.archive import export

        record = self._library.run(run)
        if not record.has_weights:
            raise RunError(f"Run {record.name} has no weights to export: no epoch of it was kept.")
        number = record.epoch_number(epoch)
        if number < len(record.epochs):
            cut_short = {"state": RunState.STOPPED, "message": ""}
            return export(record.until(number).model_copy(update=cut_short), self._scores.network(record, number))
        return export(record, self._scores.network(record, number))

    def bring_in(self, content: bytes) -> str:
        """Make a run of this home of an export, and return it. It is judged by its images where they are here.

        Raises:
            RunError: It is no export, is damaged, or cannot be written.
            ArchitectureError: Its layers need too much memory.
        """
        from playground.export.import_archive import brought_in, read_export

        packed = read_export(content)
        try:
            data = self._scores.data_of(packed.record)
        except DataError:
            data = None
        brought = brought_in(packed, data, **self._library.new_identity())
        run = brought.record
        folder = self._library.folder(run.run)
        try:
            folder.keep_epoch(len(run.epochs), brought.weights, None)
            folder.write(run)
        except OSError as error:
            folder.remove()
            raise RunError(f"The run could not be written: {error.strerror or error}. Make room.") from error
        return run.run
