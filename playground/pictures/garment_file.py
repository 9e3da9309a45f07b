"""A picture file, all the way to the image that a network sees."""

from __future__ import annotations

from playground.errors import PictureError
from playground.pictures.decode import printable, read
from playground.pictures.prepare import PreparedPicture, prepare


def read_garment(content: bytes, name: str) -> PreparedPicture:
    """The bytes of a picture file -> the image a network sees, with every step of the way.

    Raises:
        PictureError: It is not a picture that is accepted, or shows nothing.
    """
    picture = read(content, name)
    try:
        return prepare(picture.pixels, notes=picture.notes)
    except PictureError as error:
        raise PictureError(" ".join([f"{printable(name)}: {error}", *picture.notes])) from error
