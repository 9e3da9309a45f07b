"""The folders of a home's runs, and how the process that trains a run writes into its folder.

runs/<run>/ holds what `RunReader` reads, and `lock`, which is held by the process that trains the run.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from playground.errors import RunError, RunNotFoundError
from playground.runs import curve_log, pinned_log, retention
from playground.runs.about import read_about
from playground.runs.listing import FolderListing, is_name, look_through
from playground.runs.manifest import FileSum, Manifest, read_manifest, write_manifest
from playground.runs.reader import (
    RECORD,
    TEST,
    TEST_LOGITS,
    VALIDATION_LOGITS,
    WEIGHT,
    RunReader,
    epoch_file,
    state_file,
)
from playground.system.files import write_atomically
from playground.training.record import Run, RunState

if TYPE_CHECKING:
    from torch import Tensor

    from playground.training.checkpoint import Checkpoint, Start


class RunWriter(RunReader):
    """The folder of one run of a home: what is kept of it can be read, and written by whoever trains it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lock: FileLock | None = None
        self._manifest: Manifest | None = None  # as it is on the disk; read when first needed

    @property
    def lock(self) -> FileLock:
        """Held by the process that trains the run. Made when first needed: most folders are only read."""
        if self._lock is None:
            # Not thread-local: a run is started by one thread and ended by another.
            self._lock = FileLock(self.path / "lock", timeout=0, thread_local=False)
        return self._lock

    def write(self, run: Run) -> None:
        """Replace the record."""
        write_atomically(self.path / RECORD, run.model_dump_json(indent=1).encode())

    def read(self) -> Run:
        """The record; one that claims to be live but whose process is gone is *interrupted*.

        Raises:
            RunNotFoundError: There is no record here.
            RunError: The record cannot be read.
        """
        run = super().read()
        if run.state.is_live and not self.is_locked():
            run = super().read()  # again: it may have ended between the look at its record and at its lock
            if run.state.is_live:
                message = f"The process that trained it ended after {len(run.epochs)} epochs."
                return run.model_copy(update={"state": RunState.INTERRUPTED, "message": message})
        return run

    def is_locked(self) -> bool:
        """Whether some process, this one included, is training this run."""
        probe = FileLock(self.path / "lock", timeout=0, thread_local=False)
        try:
            probe.acquire()
        except OSError:  # a Timeout: it is held. Or nobody may look: then the record stands as it is
            return True
        probe.release()
        return False

    def keep_epoch(
        self,
        epoch: int,
        weights: Mapping[str, Tensor],
        validation_logits: Tensor | None,
        state: Checkpoint | None = None,
    ) -> None:
        """Keep weights and validation scores (float32 [n, 10]) of an epoch, and a checkpoint to go on from.

        The curve until there is durable, too.
        """
        tensors = {WEIGHT + name: value for name, value in weights.items()}
        if validation_logits is not None:
            tensors[VALIDATION_LOGITS] = validation_logits
        files = {epoch_file(epoch): tensors}
        if state is not None:
            files[state_file(epoch)] = state.tensors()
        curve_log.make_durable(self.path)
        self._save(files)

    def keep_test_logits(self, logits: Tensor) -> None:
        """Keep the scores of the test images, float32 [n, 10]."""
        self._save({TEST: {TEST_LOGITS: logits}})

    def _save(self, files: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Write files of tensors, and then the manifest: what it does not list does not count."""
        from safetensors.torch import save

        manifest = self._committed()
        for name, tensors in files.items():
            content = save({key: value.contiguous() for key, value in tensors.items()})
            write_atomically(self.path / name, content)
            manifest = manifest.with_file(name, content)
        self._commit(manifest)

    def thin_out(self, run: Run, most_bytes: int) -> None:
        """Let go of what a run that goes on does not have to keep; see `retention`."""
        done, best = len(run.epochs), run.best_epoch
        size = self._committed().files[epoch_file(done)].size
        step = retention.stride(size, run.experiment.training.epochs, most_bytes)
        weights, states = self.with_weights(run), self.with_state(run)
        superfluous = [epoch_file(e) for e in set(weights) - retention.with_weights(weights, done, best, step)]
        superfluous += [state_file(e) for e in set(states) - retention.with_state(done, best)]
        self._remove(superfluous)

    def add_point(self, point: curve_log.Point) -> None:
        """The curve has a point more."""
        curve_log.add_point(self.path, point)

    def keep_logs_until(self, epoch: int, parent: RunReader | None = None) -> None:
        """Keep the curve and what was said of pins until the end of an epoch, a parent's or its own."""
        for log in (curve_log, pinned_log):
            log.keep_until((parent or self).path, epoch, self.path)

    def sweep(self) -> None:
        """Remove what a process that was killed left half done: files that the manifest does not list."""
        listed = self._committed().files
        if not listed:  # a run from before there were manifests
            return
        leftovers = [*self.path.glob("*.part"), *self.path.glob(".*.part")]
        leftovers += [path for path in self.path.glob("*.safetensors") if path.name not in listed]
        for path in leftovers:
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it."""
        if self.path.is_symlink():  # what it leads to is not ours
            self.path.unlink(missing_ok=True)
        else:
            shutil.rmtree(self.path, ignore_errors=True)

    def begin_with(self, parent: RunReader, run: Run, start: Start) -> None:
        """Make this the folder of a run that goes on where another stood after an epoch.

        Its epochs are the other's until there; their files are the same ones where the disk allows it.
        """
        self.path.mkdir(parents=True)
        listed = (read_manifest(parent.path) or Manifest()).files
        sums = {}
        for epoch in parent.with_weights(run):
            name = epoch_file(epoch)
            _link(parent.path / name, self.path / name)
            sums[name] = listed.get(name) or FileSum.of((self.path / name).read_bytes())
        self._manifest = Manifest(files=sums)
        self.keep_logs_until(start.state.epoch, parent)
        self._save({state_file(start.state.epoch): start.state.tensors()})

    def _remove(self, names: Collection[str]) -> None:
        if names:
            self._commit(self._committed().without(*names))
            for name in names:
                (self.path / name).unlink(missing_ok=True)

    def _committed(self) -> Manifest:
        if self._manifest is None:
            self._manifest = read_manifest(self.path) or Manifest()
        return self._manifest

    def _commit(self, manifest: Manifest) -> None:
        write_manifest(self.path, manifest)
        self._manifest = manifest


def _link(file: Path, name: Path) -> None:
    """The same file under another name: what is kept never changes. A copy where the disk knows no such thing."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)


class RunFolders:
    """The folders of all runs of a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "runs"

    def folder(self, run: str) -> RunWriter:
        """The folder of a run, whether or not it exists yet.

        Raises:
            RunNotFoundError: The name could not be that of a run (a path, for instance).
        """
        if not is_name(run):
            raise RunNotFoundError(f'There is no run "{run}".')
        return RunWriter(self.path / run)

    def found(self) -> FolderListing:
        """The folders that hold a record, and what else lies among them."""
        return look_through(self.path)

    def paths(self) -> list[Path]:
        """The folders that hold a record, by name."""
        return [self.path / name for name in self.found().stamps]

    def remove_for_good(self, before: datetime) -> None:
        """Remove the folders of runs that were deleted before a time; a copy that was made of one stays."""
        for path in self.paths():
            deleted = read_about(path).deleted
            if deleted is not None and deleted < before and _is_its_own(path):
                RunWriter(path).remove()


def _is_its_own(path: Path) -> bool:
    """Whether a folder holds the record of the run that it is called after."""
    try:
        RunReader(path).read()
    except RunError:
        return False
    return True
