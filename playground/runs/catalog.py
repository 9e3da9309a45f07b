"""All runs of a home: what the database says of them, kept level with their folders, which are the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from playground.errors import RunError, RunNotFoundError
from playground.experiment.messages import sentences
from playground.runs.about import About, checked_about, read_about, write_about
from playground.runs.listing import stamp
from playground.runs.reader import RunReader
from playground.runs.store import Row, Store
from playground.runs.writer import RunFolders, RunWriter
from playground.training.record import Run

_AT_ONCE = 200  # runs between two looks at how far the listing is

Progress = Callable[[int, int], None]
"""Told how many of how many runs were read."""


@dataclass(frozen=True)
class RunListing:
    """The runs of a home.

    Attributes:
        runs: All that can be read, oldest first.
        abouts: What is said about each.
        problems: A sentence for each that cannot be read.
        notice: What became of a database that could not be used; else empty.
    """

    runs: tuple[Run, ...]
    abouts: Mapping[str, About]
    problems: tuple[str, ...]
    notice: str = ""


@dataclass(frozen=True)
class _Entry:
    """A run as its folder stood; `record` is None where it cannot be read, and `problem` says why."""

    stamp: str
    about: About
    record: Run | None
    problem: str = ""

    @property
    def is_live(self) -> bool:
        return self.record is not None and self.record.state.is_live


class Catalog:
    """The list of runs.

    Attributes:
        is_listed: Whether they were listed once: from then on it takes no time to speak of.
    """

    def __init__(self, folders: RunFolders, store: Store) -> None:
        self._folders, self.store = folders, store
        self._listing = threading.Lock()
        self._entries: dict[str, _Entry] = {}  # of runs that are over, by run; replaced as a whole
        self._there: frozenset[str] | None = None  # the runs that were there when it was last looked
        self.is_listed = False

    def listed(self, progress: Progress = lambda *_: None) -> RunListing:
        """All runs but those that were deleted. What has not changed is neither read nor parsed again.

        Args:
            progress: Told every now and then how many of those that are new or have changed were read.
        """
        with self._listing:
            found = self._folders.found()
            self._forget_others(found.stamps.keys())
            known = {run: each for run, each in self._entries.items() if found.stamps.get(run) == each.stamp}
            entries = known | self._read([run for run in found.stamps if run not in known], progress)
            self._entries = {run: each for run, each in entries.items() if not each.is_live}
            self.is_listed = True
        problems = [*found.problems, *(each.problem for each in entries.values() if each.problem)]
        shown = [(run, each) for run, each in entries.items() if not each.about.deleted]
        return RunListing(
            tuple(each.record for _, each in shown if each.record is not None),
            {run: each.about for run, each in shown},
            tuple(problems),
            self.store.database.notice,
        )

    def note(self, run: str) -> None:
        """The files of a run have changed: the database hears of it."""
        entry = _from_folder(self._folders.folder(run))
        if entry is not None:
            self.store.put([_row(run, entry)])

    def say(self, run: str, changes: Mapping[str, Any]) -> None:
        """Change what is said about a run: fields of `About`.

        Raises:
            RunError: A name or note is too long, or it could not be written.
        """
        folder = self._folders.folder(run)
        folder.read()
        try:
            said = About.model_validate({**read_about(folder.path).model_dump(), **changes})
            write_about(folder.path, said)
        except ValidationError as error:
            raise RunError(" ".join(sentences(error))) from error
        except OSError as error:
            raise RunError(f"It could not be written: {error.strerror or error}. Make room.") from error
        self.note(run)

    def _forget_others(self, there: Collection[str]) -> None:
        """Let the database forget the runs whose folders are gone."""
        before = self._there if self._there is not None else self.store.names()
        self.store.remove(before - set(there))
        self._there = frozenset(there)

    def _read(self, runs: Sequence[str], progress: Progress) -> dict[str, _Entry]:
        """Runs as the database has them, or, where that is not level with their folders, as the folders do."""
        entries = dict[str, _Entry]()
        for start in range(0, len(runs), _AT_ONCE):
            progress(start, len(runs))
            some = runs[start : start + _AT_ONCE]
            rows, new = self.store.rows(some), list[Row]()
            for run in some:
                folder = self._folders.folder(run)
                entry = _from_row(rows.get(run), folder)
                if entry is None:
                    entry = _from_folder(folder)
                    if entry is None:  # removed a moment ago
                        continue
                    new.append(_row(run, entry))
                entries[run] = _by_its_lock(entry, folder)
            self.store.put(new)
        return entries


def _from_row(row: Row | None, folder: RunWriter) -> _Entry | None:
    """What the database has of a run; None where it is not level with the folder, or where there was a problem."""
    if row is None or row.problem or row.stamp != stamp(folder.path):
        return None
    try:
        record, about = Run.model_validate_json(row.record), About.model_validate_json(row.about)
    except ValidationError:  # an earlier version wrote it
        return None
    return _Entry(row.stamp, about, record)


def _from_folder(folder: RunWriter) -> _Entry | None:
    """What the folder of a run holds; None if there is no run in it any more.

    Its stamp is taken first, so that a later change is noticed.
    """
    at, about, problem = stamp(folder.path), About(), ""
    try:
        about = checked_about(folder.path)
    except RunError as error:
        problem = str(error)
    try:
        return _Entry(at, about, RunReader(folder.path).read(), problem)
    except RunNotFoundError:
        return None
    except RunError as error:
        return _Entry(at, about, None, str(error))


def _row(run: str, entry: _Entry) -> Row:
    said, record = entry.about.model_dump_json(), entry.record
    if record is None:
        return Row(run, entry.stamp, about=said, problem=entry.problem)
    told = record.model_dump_json()
    kept = (record.state.value, record.name, record.parent, record.test_accuracy, told, said, entry.problem)
    return Row(run, entry.stamp, *kept)


def _by_its_lock(entry: _Entry, folder: RunWriter) -> _Entry:
    """The same; of a run that claims to be live its lock tells whether it is."""
    if not entry.is_live:
        return entry
    try:
        return replace(entry, record=folder.read())
    except RunError as error:
        return replace(entry, record=None, problem=str(error))
