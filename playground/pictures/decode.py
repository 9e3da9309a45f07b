"""Bytes that somebody handed in, decoded with care into a picture.

What a file is called is not believed: only its content decides, and only five formats are looked for. Size
limits are checked on the header, before anything is decoded.
"""

import io
import struct
import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.errors import PictureError
from playground.pictures.animation import choose_frame
from playground.pictures.foreign_files import foreign

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 64_000_000
MAX_SIDE = 16_384  # pixels
KEPT_SIDE = 1024  # pixels; the result becomes 28x28, so larger pictures are reduced while they are read

ACCEPTED = f"{', '.join(FORMATS[:-1])} and {FORMATS[-1]} are accepted"
_LIMITS = "20 MB, 64 megapixels and 16,384 pixels a side"
_STEP_OF_16 = 257  # levels of 16 bits in one of 8
_FEWEST = 16  # of 65,535: what goes no higher holds no garment
_ORIENTATION = 0x0112  # the EXIF tag
# What Pillow's readers raise for broken files, found by feeding them broken files.
_BROKEN = (
    OSError,  # includes UnidentifiedImageError
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodedPicture(NamedTuple):
    """A picture, uint8 RGBA [height, width, 4] with straight alpha, and sentences on what was done to get it."""

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...]


def decode(data: bytes, name: str) -> NDArray[np.uint8]:
    """The pixels of `read`, for who does not ask what was done to get them."""
    return read(data, name).pixels


def read(data: bytes, name: str) -> DecodedPicture:
    """One frame of a picture file, right side up: uint8 RGBA [height, width, 4], straight alpha.

    The first frame, or one that shows something where the first is blank. At most 1024 pixels a side: a larger
    picture is reduced by a whole factor while it is read. Deeper than 8 bits is scaled to 8, palette and CMYK
    become RGB. `name` is only used in messages. Raises PictureError, in one sentence with the name, for anything
    but a sound PNG, JPEG, WEBP, GIF or BMP within the limits.
    """
    name = printable(name)
    if not data:
        raise PictureError(f"{name} is empty; {ACCEPTED}.")
    if len(data) > MAX_BYTES:
        raise PictureError(f"{name} has {len(data) / 1e6:.1f} MB; at most {_LIMITS} are accepted.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"{name} has far too many pixels; at most {_LIMITS} are accepted.") from error
    except _BROKEN as error:
        raise PictureError(f"{name} {_unreadable(data)}; {ACCEPTED}.") from error
    # Pillow warns of large pictures only from 89 megapixels; turning its warning into an error would change
    # the filters of the whole process, and this limit is lower.
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise PictureError(f"{name} has {image.width} × {image.height} pixels; at most {_LIMITS} are accepted.")
    kind = "JPEG" if image.format == "MPO" else image.format  # phones put several JPEGs into one file
    try:
        with image:
            frame = _frame(image)
            pixels, depth = _upright(image)
    except _BROKEN as error:
        raise PictureError(f"{name} is a damaged or incomplete {kind} picture; {ACCEPTED}.") from error
    if data[:4] == b"\x89PNG" and data[24:25] == b"\x10" and not pixels[:, :, :3].any():
        raise PictureError(
            f"{name} is nearly black: none of its 16-bit values reaches {_STEP_OF_16} of 65,535; save it with 8."
        )
    return DecodedPicture(pixels, tuple(note for note in (frame, depth) if note))


def _frame(image: Image.Image) -> str:
    """Which frame was chosen, in a sentence; the first of an animation whose others are damaged."""
    try:
        return choose_frame(image)
    except _BROKEN:
        image.seek(0)
        return ""


def _upright(image: Image.Image) -> tuple[NDArray[np.uint8], str]:
    """The opened picture decoded, reduced and turned as its EXIF data say, and what its 16 bits had in them."""
    factor = max(1, max(image.size) // KEPT_SIDE)
    wanted = max(1, image.width // factor), max(1, image.height // factor)
    image.draft(None, wanted)  # JPEG only: decodes at 1/2, 1/4 or 1/8
    image.load()
    transpose = _TRANSPOSE.get(_orientation(image))
    image, note = _eight_bit(image)
    reduced = _reduced(image)
    return np.array(reduced if transpose is None else reduced.transpose(transpose)), note


def _eight_bit(image: Image.Image) -> tuple[Image.Image, str]:
    """16-bit grey as 8 bits, which Pillow would clip at 255; and a sentence where it held fewer bits."""
    if not image.mode.startswith("I"):
        return image, ""
    levels = np.clip(np.asarray(image).astype(np.int64), 0, 65_535)
    highest = int(levels.max())
    if not _FEWEST <= highest < 65_536 // 4:
        return Image.fromarray(((levels + 128) // 257).astype(np.uint8)), ""
    scaled = (levels * 255 + highest // 2) // highest
    note = f"Its 16-bit values go no higher than {highest:,} of 65,535, so they were multiplied to reach that."
    return Image.fromarray(scaled.astype(np.uint8)), note


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where it is missing or the EXIF data are broken."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _reduced(image: Image.Image) -> Image.Image:
    """RGBA at most 1024 pixels a side, made in bands: 64 megapixels as RGBA would take 256 MB at once."""
    factor = -(-max(image.size) // KEPT_SIDE)
    if factor == 1:
        return _rgba(image)
    result = Image.new("RGBA", (-(-image.width // factor), -(-image.height // factor)))
    rows = 64 * factor
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        result.paste(_rgba(band).reduce(factor), (0, top // factor))
    return result


def _rgba(image: Image.Image) -> Image.Image:
    """8-bit RGBA. Pillow gives CMYK no alpha."""
    if image.mode not in ("1", "L", "LA", "P", "PA", "RGB", "RGBA"):
        image = image.convert("RGB")
    return image.convert("RGBA")


def _unreadable(data: bytes) -> str:
    """What is known of a file that is none of the five formats, to follow its name in a sentence."""
    if (known := foreign(data)) is None:
        return "is not a picture, or a damaged one"
    kind, remedy = known
    return f"is {kind}, which is not accepted: {remedy}"


def printable(name: str) -> str:
    """The last part of a file name, without control characters, at most 60 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return (clean if len(clean) <= 60 else f"{clean[:40]}…{clean[-16:]}") or "The file"
