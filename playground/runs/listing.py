"""What lies in the folder of all runs: folders that hold a record, and what is none, in sentences.

Anything may lie there: copies made by hand, files, links to nothing, names that no text can hold. Each is told of,
and takes nothing with it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.runs.about import ABOUT
from playground.runs.reader import RECORD
from playground.text.sentences import shown

_LONGEST_NAME, _NOTHING = 100, "-"
_OF_THE_SYSTEM = frozenset({"Thumbs.db", "desktop.ini"})
_IN_THE_MAKING = 60.0  # seconds in which a folder may be without its record: that is written last


@dataclass(frozen=True)
class FolderListing:
    """What lies in the folder of runs.

    Attributes:
        stamps: Of each folder that holds a record, by its name: one state of its files told from another.
        problems: A sentence for each thing that is no run.
    """

    stamps: Mapping[str, str]
    problems: tuple[str, ...] = ()


def is_name(text: str) -> bool:
    """Whether a run can be called so: letters, digits and hyphens, and so never a path."""
    return 0 < len(text) <= _LONGEST_NAME and all(each.isalnum() or each == "-" for each in text)


def look_through(folder: Path) -> FolderListing:
    """Look at everything in the folder of runs; it need not be there."""
    stamps, problems = dict[str, str](), list[str]()
    try:
        with os.scandir(folder) as entries:
            there = sorted((entry.name, entry.path) for entry in entries)
    except FileNotFoundError:
        return FolderListing({})
    except OSError as error:
        return FolderListing({}, (f"The folder {shown(str(folder))} cannot be read: {error.strerror}.",))
    for name, path in there:
        if name.startswith(".") or name in _OF_THE_SYSTEM:
            continue
        at = stamp(path)
        recorded = not at.startswith(_NOTHING)
        problem = _of_the_name(name) if recorded else _without_record(Path(path))
        if problem:
            problems.append(f"{shown(name)} in {folder.name} is left out: {problem}")
        elif recorded:
            stamps[name] = at
    return FolderListing(stamps, tuple(problems))


def _of_the_name(name: str) -> str:
    if is_name(name):
        return ""
    return "a run is called by letters, digits and hyphens, 100 at most. Move it elsewhere, or remove it."


def _without_record(path: Path) -> str:
    """Why something in which no record can be found is no run; empty if there is nothing to tell."""
    if path.is_symlink() and not path.exists():
        return "it is a link to nothing. Remove it."
    if not path.is_dir():
        return "it is no folder, and runs are folders. Move it elsewhere."
    try:
        changed = path.stat().st_mtime
        there = {each.name for each in path.iterdir() if not each.name.startswith(".")} - {"lock"}
        if RECORD in there:
            (path / RECORD).stat()  # tells why it cannot be found
            return ""
    except FileNotFoundError:
        return f"its record ({RECORD}) is a link to nothing." if path.is_dir() else ""  # else it is gone by now
    except OSError as error:
        return f"it cannot be read: {error.strerror}."
    if not there or time.time() - changed < _IN_THE_MAKING:
        return ""
    return f"it holds no record of a run ({RECORD}). Move it elsewhere."


def stamp(folder: str | Path) -> str:
    """Time (nanoseconds) and size (bytes) of a run's record and of what is said about it."""
    return f"{_stamp(f'{folder}/{RECORD}')} {_stamp(f'{folder}/{ABOUT}')}"


def _stamp(file: str) -> str:
    try:
        found = os.stat(file)  # noqa: PTH116  to make a Path takes longer than to ask, and there are thousands
    except OSError:
        return _NOTHING
    return f"{found.st_mtime_ns}-{found.st_size}"
