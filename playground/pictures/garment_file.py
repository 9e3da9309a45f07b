"""A picture that somebody handed in under a name, all the way to the image that a network sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.errors import PictureError
from playground.pictures.decode import printable, read
from playground.pictures.prepare import PreparedPicture, prepare


def read_garment(content: bytes, name: str) -> PreparedPicture:
    """The bytes of a picture file -> the image a network sees, with every step of the way.

    Raises:
        PictureError: It is not a picture that is accepted, or shows nothing.
    """
    picture = read(content, name)
    return prepare_named(picture.pixels, name, picture.notes)


def prepare_named(pixels: NDArray[np.uint8], name: str, notes: tuple[str, ...] = ()) -> PreparedPicture:
    """A picture, uint8 [H, W], [H, W, 3] or [H, W, 4], as a network sees it; what is wrong is told with its name.

    Raises:
        PictureError: It shows nothing.
    """
    try:
        return prepare(pixels, notes=notes)
    except PictureError as error:
        raise PictureError(" ".join([f"{printable(name)}: {error}", *notes])) from error
