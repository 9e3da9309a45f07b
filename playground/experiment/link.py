"""An experiment as a word that fits into an address: JSON, packed, in letters that need no quoting."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.text.json_text import parse_file

_MOST_LETTERS = 20_000
_MOST_BYTES = 200_000  # unpacked; the largest experiment that the sidebar can make has a tenth of it


def to_word(experiment: Experiment) -> str:
    """The experiment in letters, digits, "-" and "_"; `from_word` reads it."""
    return packed(experiment.model_dump(mode="json"))


def from_word(word: str) -> Experiment:
    """The experiment that `to_word` made a word of.

    Raises:
        ExperimentError: It is damaged or too long, or the experiment in it cannot be.
    """
    return Experiment.parse(unpacked(word))


def packed(document: object) -> str:
    """What JSON can hold, in letters, digits, "-" and "_"; `unpacked` reads it."""
    content = json.dumps(document, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(content.encode(), 9)).decode().rstrip("=")


def unpacked(word: str, most_letters: int = _MOST_LETTERS, most_bytes: int = _MOST_BYTES) -> Any:
    """What `packed` made a word of.

    Raises:
        ExperimentError: It is damaged, or holds more than it may.
    """
    if len(word) > most_letters:
        raise ExperimentError(f"It has {len(word):,} letters; {most_letters:,} are the most.")
    try:
        squeezed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(squeezed, most_bytes)
        whole = unpacking.eof
        document = parse_file(content)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ExperimentError("It is cut off or altered: copy the whole link again.") from error
    if not whole:
        raise ExperimentError("It is cut off, or holds more than an experiment can be.")
    return document
