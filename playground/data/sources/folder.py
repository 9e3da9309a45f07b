"""The files of a folder, and of the folders in it: what a source of images may look for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_DEEPEST = 4  # an archive of an archive's folder, with torchvision's two
_MOST = 5_000  # files and folders that are looked at: somebody's whole disk is no folder of images


def files_in(folder: Path) -> tuple[Path, ...]:
    """The files that lie in a folder, by name; none where there is no folder. Links may lead nowhere."""
    return tuple(entry for entry in _entries(folder) if not entry.is_dir())


def files_below(folder: Path) -> tuple[Path, ...]:
    """The files in a folder and in the folders in it, the outer ones first."""
    found: list[Path] = []
    seen, level = 0, [folder]
    for _ in range(_DEEPEST + 1):
        inner: list[Path] = []
        for entry in (entry for each in level for entry in _entries(each)):
            seen += 1
            if seen > _MOST:
                return tuple(found)
            (inner if entry.is_dir() else found).append(entry)
        level = inner
    return tuple(found)


def _entries(folder: Path) -> Iterator[Path]:
    """What is in a folder and can be files of images: nothing hidden, no pipes or devices."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:  # not there, no folder, or not for us
        return
    for entry in (entry for entry in entries if not entry.name.startswith(".")):
        with suppress(OSError):  # we may not look at it
            if entry.is_file() or entry.is_dir() or not entry.exists():
                yield entry
