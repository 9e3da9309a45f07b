"""What a person says about a run: another name, a note, a pin; and that it is deleted, until it is gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from playground.errors import RunError
from playground.experiment.base import Frozen, Instant
from playground.experiment.messages import sentences
from playground.system.files import read_whole, write_atomically

ABOUT = "about.json"
_MOST_BYTES = 100_000
GRACE = timedelta(days=1)
"""How long a run that was deleted can be brought back; after that its folder is removed."""


class About(Frozen):
    """What a person says about a run.

    Attributes:
        name: Instead of the one it was given; empty leaves that.
        deleted: When it was deleted; None if it is not.
    """

    name: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    pinned: bool = False
    deleted: Instant | None = None


def read_about(folder: Path) -> About:
    """What was said; nothing where nothing was, or where it cannot be read any more."""
    try:
        return checked_about(folder)
    except RunError:
        return About()


def checked_about(folder: Path) -> About:
    """What was said; nothing where nothing was.

    Raises:
        RunError: It cannot be read any more.
    """
    try:
        return About.model_validate_json(read_whole(folder / ABOUT, _MOST_BYTES))
    except FileNotFoundError:
        return About()
    except ValidationError as error:
        reason = sentences(error, "the file")[0]
    except OSError as error:
        reason = f"{error.strerror or error}."
    raise RunError(f"What was said about run {folder.name} ({ABOUT}) is left out: {reason} Remove that file.")


def write_about(folder: Path, about: About) -> None:
    """Keep what is said; OSError where the disk refuses."""
    write_atomically(folder / ABOUT, about.model_dump_json().encode())
