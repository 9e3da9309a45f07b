"""What a run's files should hold: the commit record of its checkpoints.

It is written after the files it lists, so what it lists was whole. Any other file is a leftover.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError

from playground.errors import RunError
from playground.experiment.base import Frozen
from playground.system.files import read_whole, write_atomically

MANIFEST = "manifest.json"
_MOST_BYTES = 20_000_000


class FileSum(Frozen):
    """The length of a file and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The sum of what is about to be written, or was read."""
        return cls(size=len(content), sha256=hashlib.sha256(content).hexdigest())


class Manifest(Frozen):
    """The files of a run and their sums."""

    schema_version: Literal[1] = 1
    files: Mapping[str, FileSum] = {}

    def with_file(self, name: str, content: bytes) -> Manifest:
        """The same with one file more, or another content of it."""
        return Manifest(files={**self.files, name: FileSum.of(content)})

    def without(self, *names: str) -> Manifest:
        """The same without some files."""
        return Manifest(files={name: each for name, each in self.files.items() if name not in names})


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a run's folder; None where there is none, as in runs from before there were any.

    Raises:
        RunError: It is damaged.
    """
    try:
        return Manifest.model_validate_json(read_whole(folder / MANIFEST, _MOST_BYTES))
    except FileNotFoundError:
        return None
    except (ValidationError, OSError) as error:
        raise RunError(f"{MANIFEST} of run {folder.name} is damaged: its files cannot be checked.") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Commit what it lists."""
    write_atomically(folder / MANIFEST, manifest.model_dump_json().encode())
