"""All runs of a home: what the database says of them, kept level with their folders, which are the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from playground.core.complaints import sentences
from playground.core.run import Run
from playground.errors import RunError, RunNotFoundError
from playground.services.about import ABOUT, About, read_about, write_about
from playground.services.artifacts import RunFolder, RunFolders
from playground.services.kept import RECORD, Kept
from playground.services.snapshot import Curve
from playground.services.store import Row, Store


@dataclass(frozen=True)
class Listed:
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


class Catalog:
    """The list of runs."""

    def __init__(self, folders: RunFolders, store: Store) -> None:
        self._folders, self._store = folders, store
        self._parsed: dict[str, tuple[str, Run, About]] = {}  # by run, with its stamp; replaced as a whole

    def listed(self) -> Listed:
        """All runs but those that were deleted. What has not changed is neither read nor parsed again."""
        there = {path.name: stamp(path) for path in self._folders.paths()}
        self._bring_level(there)
        rows = self._store.rows([run for run, at in there.items() if self._known(run, at) is None])
        parsed, problems = dict[str, tuple[str, Run, About]](), list[str]()
        for run, at in there.items():
            try:
                parsed[run] = self._known(run, at) or self._parse(run, at, rows.get(run))
            except RunNotFoundError:  # removed a moment ago
                continue
            except RunError as error:
                problems.append(str(error))
        self._parsed = {run: each for run, each in parsed.items() if each[1].state.is_final}
        shown = {run: (record, about) for run, (_, record, about) in parsed.items() if not about.deleted}
        return Listed(
            tuple(record for record, _ in shown.values()),
            {run: about for run, (_, about) in shown.items()},
            tuple(problems),
            self._store.database.notice,
        )

    def note(self, run: str) -> None:
        """The files of a run have changed: the database hears of it."""
        self._store.put([_row(self._folders.folder(run))])

    def note_point(self, run: Run, epoch: float, loss: float, accuracy: float) -> None:
        """A run's curve has a point more."""
        self._store.add(run.run, (round(epoch * run.batches_in_epoch), loss, accuracy))

    def note_curve(self, run: Run, curve: Curve) -> None:
        """A run's curve is this from its beginning: it was thinned, or goes on after an earlier epoch."""
        steps = (round(epoch * run.batches_in_epoch) for epoch in curve.epochs)
        self._store.replace(run.run, list(zip(steps, curve.losses, curve.accuracies, strict=True)))

    def curve(self, run: Run) -> Curve:
        """The curve of a run as far as its training has come, also in another process; empty if none is known."""
        points = self._store.points(run.run)
        if not points:
            return Curve()
        steps, losses, accuracies = zip(*points, strict=True)
        return Curve(tuple(step / run.batches_in_epoch for step in steps), losses, accuracies)

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

    def _bring_level(self, there: Mapping[str, str]) -> None:
        kept = self._store.stamps()
        self._store.remove(kept.keys() - there.keys())
        changed = [run for run, at in there.items() if kept.get(run) != at]
        self._store.put(_row(self._folders.folder(run)) for run in changed)

    def _known(self, run: str, at: str) -> tuple[str, Run, About] | None:
        known = self._parsed.get(run)
        return known if known and known[0] == at else None

    def _parse(self, run: str, at: str, row: Row | None) -> tuple[str, Run, About]:
        if row is None or row.stamp != at:  # the database refuses: without it, then
            row = _row(self._folders.folder(run))
        if row.problem:
            raise RunError(row.problem)
        record = Run.model_validate_json(row.record)
        if record.state.is_live:  # whether it still is, its lock tells
            record = self._folders.folder(run).read()
        return at, record, About.model_validate_json(row.about)


def _row(folder: RunFolder) -> Row:
    """What the folder of a run holds; its stamp is taken first, so that a later change is noticed."""
    at, about = stamp(folder.path), read_about(folder.path)
    said = about.model_dump_json()
    try:
        run = Kept(folder.path).read()
    except RunError as error:
        return Row(folder.path.name, at, about=said, problem=str(error))
    return Row(run.run, at, run.state.value, run.name, run.parent, run.test_accuracy, run.model_dump_json(), said)


def stamp(folder: Path) -> str:
    """Time (nanoseconds) and size (bytes) of a run's record and of what is said about it."""
    return " ".join(_stamp(folder / name) for name in (RECORD, ABOUT))


def _stamp(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return "-"  # reading it will tell why
    return f"{found.st_mtime_ns}-{found.st_size}"
