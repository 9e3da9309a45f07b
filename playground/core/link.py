"""An experiment as a word that fits into an address: JSON, packed, in letters that need no quoting."""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from playground.core.experiment import Experiment
from playground.core.json_text import parse_file
from playground.errors import ExperimentError

_MOST_LETTERS = 20_000
_MOST_BYTES = 200_000  # unpacked; the largest experiment that the sidebar can make has a tenth of it


def to_word(experiment: Experiment) -> str:
    """The experiment in letters, digits, "-" and "_"; `from_word` reads it."""
    document = json.dumps(experiment.model_dump(mode="json"), separators=(",", ":"))
    packed = zlib.compress(document.encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_word(word: str) -> Experiment:
    """The experiment that `to_word` made a word of.

    Raises:
        ExperimentError: It is damaged or too long, or the experiment in it cannot be.
    """
    if len(word) > _MOST_LETTERS:
        raise ExperimentError(f"It has {len(word):,} letters; {_MOST_LETTERS:,} are the most.")
    try:
        packed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _MOST_BYTES)
        whole = unpacking.eof
        document = parse_file(content)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ExperimentError("It is cut off or altered: copy the whole link again.") from error
    if not whole:
        raise ExperimentError("It is cut off, or holds more than an experiment can be.")
    return Experiment.parse(document)
