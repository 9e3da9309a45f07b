"""What the canvas says of a drawing: anything at all, until it was read here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_LETTERS = 10_000_000
"""Of the strokes as JSON: hours of drawing have so many."""
_MOST_PNG_LETTERS = 2_000_000  # ink without any pattern, 280 pixels square, has a fifth of them
_PNG = "data:image/png;base64,"


@dataclass(frozen=True, eq=False)
class Strokes:
    """A drawing.

    Attributes:
        document: As the canvas takes it back.
        fingerprint: Of its strokes.
        address: The PNG of it, as a data address; None where the canvas has not made one yet.
    """

    document: dict[str, Any]
    fingerprint: str
    address: str | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self.document["objects"]

    def pixels(self, side: int) -> NDArray[np.uint8] | None:
        """The strokes alone, RGBA uint8 [side, side, 4]; None where there is no such picture."""
        try:
            content = base64.b64decode((self.address or "").removeprefix(_PNG), validate=True)
            with Image.open(io.BytesIO(content), formats=("PNG",)) as image:  # no more than its head is read
                if image.size != (side, side):
                    return None
                return np.asarray(image.convert("RGBA"))
        except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return None


def read_strokes(said: object) -> Strokes | None:
    """The drawing in the state of the canvas; None where there is none, or what there is is no drawing."""
    drawing = said.get("drawing") if isinstance(said, Mapping) else None
    raw, address = (drawing.get("raw"), drawing.get("data")) if isinstance(drawing, Mapping) else (None, None)
    objects = raw.get("objects") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(objects, list) or not _is_picture(address):
        return None
    if not all(isinstance(each, Mapping) for each in objects):
        return None
    try:
        text = json.dumps(objects, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None
    if len(text) > MOST_LETTERS:
        return None
    return Strokes({"objects": objects}, hashlib.sha256(text.encode()).hexdigest(), address)


def _is_picture(address: object) -> bool:
    if address is None:
        return True
    return isinstance(address, str) and address.startswith(_PNG) and len(address) <= _MOST_PNG_LETTERS
