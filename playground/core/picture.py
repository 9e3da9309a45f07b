"""Bytes that somebody handed in, decoded with care into a picture.

What a file is called is not believed: only its content decides, and only five formats are looked for. Size
limits are checked on the header, before anything is decoded.
"""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.errors import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 64_000_000
MAX_SIDE = 16_384  # pixels
KEPT_SIDE = 1024  # pixels; the result becomes 28x28, so larger pictures are reduced while they are read

_ACCEPTED = "PNG, JPEG, WEBP, GIF and BMP are accepted"
_LIMITS = "20 MB, 64 megapixels and 16,384 pixels a side"
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
# How files begin, in lower case, that people hand in although they are not accepted.
_FOREIGN = {
    b"<svg": "an SVG drawing",
    b"<?xml": "an SVG drawing or another XML file",
    b"<!doctype html": "a web page (HTML)",
    b"<html": "a web page (HTML)",
    b"%!ps": "an EPS or PostScript file",
    b"\xc5\xd0\xd3\xc6": "an EPS file",
    b"%pdf": "a PDF",
    b"ii*\0": "a TIFF picture",
    b"mm\0*": "a TIFF picture",
    b"8bps": "a Photoshop picture",
    b"pk\x03\x04": "a ZIP archive or an office document",
}
# Marks in the header of the two formats in which phones keep pictures; AVIF first, as it may carry both.
_PHONE_BRANDS = {
    "AVIF": {b"avif", b"avis"},
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"},
}


def decode(data: bytes, name: str) -> NDArray[np.uint8]:
    """The first frame of a picture file, right side up: uint8 RGBA [height, width, 4], straight alpha.

    At most 1024 pixels a side: a larger picture is reduced by a whole factor while it is read. Deeper than 8
    bits is scaled to 8, palette and CMYK become RGB. `name` is only used in messages. Raises PictureError,
    in one sentence with the name, for anything but a sound PNG, JPEG, WEBP, GIF or BMP within the limits.
    """
    name = _printable(name)
    if not data:
        raise PictureError(f"{name} is empty; {_ACCEPTED}.")
    if len(data) > MAX_BYTES:
        raise PictureError(f"{name} has {len(data) / 1e6:.1f} MB; at most {_LIMITS} are accepted.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"{name} has far too many pixels; at most {_LIMITS} are accepted.") from error
    except _BROKEN as error:
        raise PictureError(f"{name} {_foreign(data)}.") from error
    # Pillow warns of large pictures only from 89 megapixels; turning its warning into an error would change
    # the filters of the whole process, and this limit is lower.
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise PictureError(f"{name} has {image.width} × {image.height} pixels; at most {_LIMITS} are accepted.")
    kind = "JPEG" if image.format == "MPO" else image.format  # phones put several JPEGs into one file
    try:
        with image:
            return _upright(image)
    except _BROKEN as error:
        raise PictureError(f"{name} is a damaged or incomplete {kind} picture; {_ACCEPTED}.") from error


def _upright(image: Image.Image) -> NDArray[np.uint8]:
    """The opened picture decoded, reduced and turned as its EXIF data say."""
    factor = max(1, max(image.size) // KEPT_SIDE)
    wanted = max(1, image.width // factor), max(1, image.height // factor)
    image.draft(None, wanted)  # JPEG only: decodes at 1/2, 1/4 or 1/8
    image.load()
    transpose = _TRANSPOSE.get(_orientation(image))
    reduced = _reduced(image)
    return np.array(reduced if transpose is None else reduced.transpose(transpose))


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
    """8-bit RGBA. Pillow would clip 16-bit grey at 255, and gives CMYK no alpha."""
    if image.mode.startswith("I"):
        levels = np.clip(np.asarray(image).astype(np.int64), 0, 65_535)
        image = Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    elif image.mode not in ("1", "L", "LA", "P", "PA", "RGB", "RGBA"):
        image = image.convert("RGB")
    return image.convert("RGBA")


def _foreign(data: bytes) -> str:
    """What is known of a file that is none of the five formats, to follow its name in a sentence."""
    if data[4:8] == b"ftyp":
        brands = {data[start : start + 4] for start in range(8, min(len(data), 64), 4)}
        for kind, marks in _PHONE_BRANDS.items():
            if brands & marks:
                return f"is a picture in {kind}, which is not accepted: save or share it as JPEG ({_ACCEPTED})"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, kind in _FOREIGN.items():
        if start.startswith(mark):
            return f"is {kind}, which is not accepted; {_ACCEPTED}"
    return f"is not a picture, or a damaged one; {_ACCEPTED}"


def _printable(name: str) -> str:
    """The last part of a file name, without control characters, at most 60 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return (clean if len(clean) <= 60 else f"{clean[:40]}…{clean[-16:]}") or "The file"
