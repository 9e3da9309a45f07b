"""All runs of a home: read, listed, named, deleted and brought back; live ones as they are now."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from playground.errors import RunError
from playground.runs.about import GRACE, About, read_about
from playground.runs.catalog import Catalog, Progress, RunListing
from playground.runs.examples import EXAMPLES, readable
from playground.runs.reader import RunReader
from playground.runs.snapshot import Snapshot
from playground.runs.writer import RunFolders, RunWriter
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob
from playground.training.record import Run


@dataclass(frozen=True)
class KeptEpochs:
    """What the disk holds of a run: epochs with weights, epochs with the optimizer's state, and bytes in all."""

    weights: tuple[int, ...]
    states: tuple[int, ...]
    size: int


def _called(run: Run, abouts: Mapping[str, About]) -> Run:
    """A run with the name that a person gave it, also while it is trained."""
    name = abouts[run.run].name
    return run if name in ("", run.name) else run.model_copy(update={"name": name})


class Library:
    """Finds runs and keeps what is said about them. Safe to use from any thread.

    Args:
        folders: Where the runs of the home are.
        catalog: What the database knows of them.
        snapshots: The jobs of this process by run, which know more than their folders.
        now: The time, for the names of runs and for what was deleted.
    """

    def __init__(
        self,
        folders: RunFolders,
        catalog: Catalog,
        snapshots: Callable[[], Mapping[str, Snapshot]],
        now: Callable[[], datetime],
    ) -> None:
        self.catalog = catalog
        self._folders, self._snapshots, self._now = folders, snapshots, now
        self._first_listing = JobThread[None]("first-listing")

    def snapshot(self, run: str) -> Snapshot:
        """What a screen may show of a run: live if it is being trained here, else from its folder.

        Raises:
            RunNotFoundError: There is no such run.
        """
        here = self._snapshots().get(run)
        if here is not None:
            return here
        kept = self.kept(run)
        record, curve = kept.read(), kept.curve()
        done = curve.epochs[-1] if curve.epochs else len(record.epochs)
        return Snapshot(record, curve, step=round(record.batches_in_epoch * done))

    def run(self, run: str) -> Run:
        """The record of a run.

        Raises:
            RunNotFoundError: There is no such run.
        """
        return self.snapshot(run).run

    def live(self) -> tuple[Snapshot, ...]:
        """The runs of this process that are trained or wait, in the order of the queue."""
        return tuple(snapshot for snapshot in self._snapshots().values() if snapshot.run.state.is_live)

    def found(self, progress: Progress = lambda *_: None) -> RunListing:
        """All runs of this home, oldest first, and what else there is to say of them.

        `progress` is told how many of those that are new or have changed were read, of how many.
        """
        listed = self.catalog.listed(progress)
        live = {run: snapshot.run for run, snapshot in self._snapshots().items()}
        shown = (_called(live.get(run.run, run), listed.abouts) for run in listed.runs if not run.example)
        # by the record: names tell runs of the same second apart, not which came first
        return replace(listed, runs=tuple(sorted(shown, key=lambda run: (run.created, run.run))))

    def first_listing(self) -> BackgroundJob[None] | None:
        """The first listing of the runs, begun in the background if nobody has; None once they were listed.

        With thousands of them it takes seconds. A fault is told to whoever lists them next.
        """
        if self.catalog.is_listed:
            return None
        return self._first_listing.job or self._first_listing.start(self._list, "Looking through the runs")

    def _list(self, job: BackgroundJob[None]) -> None:
        def tell(done: int, of: int) -> None:
            job.report(done / of, f"Reading {of:,} runs: {done:,} so far" if done else None)

        self.found(tell)

    def runs(self) -> tuple[Run, ...]:
        """All runs of this home that can be read, oldest first."""
        return self.found().runs

    def examples(self) -> tuple[Run, ...]:
        """The runs that come with the playground: there is always one to look at. Damaged ones are left out."""
        found = (readable(self.kept(run)) for run in EXAMPLES)
        return tuple(run for run in found if run is not None)

    def kept(self, run: str) -> RunReader:
        """What a run has left on disk, whether or not it is there."""
        return RunReader(EXAMPLES[run].folder) if run in EXAMPLES else self._folders.folder(run)

    def folder(self, run: str) -> RunWriter:
        """The folder of a run of this home, to be written by whoever trains or imports it."""
        return self._folders.folder(run)

    def kept_epochs(self, run: Run) -> KeptEpochs:
        """Of which epochs weights are kept, and of which the optimizer's state; and the bytes of all of it."""
        kept = self.kept(run.run)
        return KeptEpochs(kept.with_weights(run), kept.with_state(run), kept.size())

    def new_identity(self) -> dict[str, Any]:
        """The fields `run` and `created` of a new record."""
        now = self._now()
        return {"run": f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", "created": now}

    def about(self, run: str) -> About:
        """What was said about a run: a name, a note, a pin."""
        return read_about(self.kept(run).path)

    def say(self, run: str, **changes: Any) -> None:
        """Change what is said about a run of this home: `name`, `note` or `pinned`.

        Raises:
            RunError: A name or note is too long, or it could not be written.
        """
        self.catalog.say(run, changes)

    def delete(self, run: str) -> None:
        """Take a run out of all lists. Until a day has passed `bring_back` undoes it; then its folder is removed.

        Raises:
            RunError: It is being trained.
        """
        if self.run(run).state.is_live:
            raise RunError(f"Run {run} is being trained. Stop it first.")
        self.say(run, deleted=self._now())

    def bring_back(self, run: str) -> None:
        """Undo `delete`."""
        self.say(run, deleted=None)

    def remove_deleted(self) -> None:
        """Remove the folders of the runs that were deleted more than a day ago."""
        self._folders.remove_for_good(before=self._now() - GRACE)
