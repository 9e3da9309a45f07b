"""Files that somebody might hand in as pictures of garments: sound ones of every kind, and others, made here."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

ACCEPTED = "PNG, JPEG, WEBP, GIF and BMP are accepted"
LIMITS = "20 MB, 64 megapixels and 16,384 pixels a side"
_UNDONE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""What a camera held otherwise did to the picture, for each EXIF orientation."""


@dataclass(frozen=True)
class Handed:
    """A file as it is handed in; `complaint` is a part of the sentence that refuses it, "" where it is read."""

    name: str
    content: bytes
    complaint: str = ""


def garment(width: int = 320, height: int = 400) -> Image.Image:
    """A boot, dark on light: it has neither two like sides nor two like ends."""
    picture = Image.new("RGB", (width, height), (236, 232, 222))
    corners = [(0.7, 0.15), (0.45, 0.15), (0.45, 0.6), (0.15, 0.72), (0.15, 0.85), (0.7, 0.85)]
    ImageDraw.Draw(picture).polygon([(x * width, y * height) for x, y in corners], fill=(40, 44, 70))
    return picture


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The content of a file of that kind."""
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, depth: int, colours: int, data: bytes) -> bytes:
    """A PNG file by its parts: colours 0 is grey, 2 is RGB; data are lines, each behind a zero, not compressed."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    packed = zlib.compress(data, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def sixteen_bit(colours: int) -> bytes:
    """The garment with 16 bits a channel."""
    grey = np.asarray(garment().convert("L"), np.uint16) * 257
    samples = np.repeat(grey[:, :, None], 3 if colours == 2 else 1, 2).astype(">u2")
    return png(320, 400, 16, colours, b"".join(b"\0" + line.tobytes() for line in samples))


def turned(orientation: int) -> bytes:
    """A JPEG that says how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = garment()
    image = image.transpose(_UNDONE[orientation]) if orientation in _UNDONE else image
    return encoded(image, "JPEG", exif=exif, quality=95)


def sound() -> list[Handed]:
    """Files that all show the same garment."""
    image, opaque = garment(), garment().convert("RGBA")
    glass = opaque.copy()
    glass.putdata([(*p[:3], 0 if p[0] > 200 else 255) for p in opaque.get_flattened_data()])
    frames = {"save_all": True, "append_images": [Image.new("RGB", image.size, (9, 200, 9))] * 2, "duration": 40}
    files = {
        "plain.png": encoded(image, "PNG"),
        "plain.jpg": encoded(image, "JPEG", quality=90),
        "progressive.jpg": encoded(image, "JPEG", progressive=True),
        "plain.webp": encoded(image, "WEBP", lossless=True),
        "plain.gif": encoded(image, "GIF"),
        "plain.bmp": encoded(image, "BMP"),
        "grey.png": encoded(image.convert("L"), "PNG"),
        "one-bit.png": encoded(image.convert("1", dither=Image.Dither.NONE), "PNG"),
        "palette.png": encoded(image.quantize(8), "PNG"),
        "palette.bmp": encoded(image.quantize(8), "BMP"),
        "cut-out.png": encoded(glass, "PNG"),
        "cut-out.webp": encoded(glass, "WEBP", lossless=True),
        "print.jpg": encoded(image.convert("CMYK"), "JPEG", quality=95),
        "scan.png": sixteen_bit(0),
        "scan-in-colour.png": sixteen_bit(2),
        "moving.gif": encoded(image, "GIF", **frames),
        "moving.webp": encoded(image, "WEBP", lossless=True, **frames),
        "moving.png": encoded(image, "PNG", **frames),
        "phone.jpg": encoded(garment(3072, 3840), "JPEG", quality=80),
        "wrong-name.png": encoded(image, "JPEG", quality=90),
        **{f"turned-{each}.jpg": turned(each) for each in range(1, 9)},
    }
    return [Handed(name, content) for name, content in files.items()]


def refused() -> list[Handed]:
    """Files that are none of the accepted pictures, too large, damaged or empty of any garment."""
    image = garment()
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    cut = [
        Handed(f"cut.{kind.lower()}", encoded(noise, kind)[: int(len(encoded(noise, kind)) * 0.6)], "damaged")
        for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP")
    ]
    vector = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    side = 20_000
    return [
        Handed("empty.png", b"", "is empty"),
        Handed("bomb.png", png(side, side, 1, 0, bytes((side // 8 + 1) * side)), LIMITS),
        Handed("strip.png", png(1, 60_000, 8, 0, bytes(2 * 60_000)), LIMITS),
        Handed("wide.png", png(60_000, 1, 8, 0, bytes(60_001)), LIMITS),
        Handed("wide.gif", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(20), ACCEPTED),
        Handed("heavy.png", b"\x89PNG" + bytes(20_000_000), "20 MB"),
        *cut,
        Handed("drawing.svg.png", vector, "an SVG drawing"),
        Handed("page.png", b"<!DOCTYPE html><html><body onload=alert(1)>", "a web page"),
        Handed("random.jpg", np.random.default_rng(1).bytes(5000), ACCEPTED),
        Handed("zeros.bmp", bytes(5000), ACCEPTED),
        Handed("scan.tiff.png", encoded(image, "TIFF"), "a TIFF"),
        Handed("print.eps.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "EPS"),
        Handed("form.pdf.png", b"%PDF-1.7\n", "a PDF"),
        Handed("icon.png", encoded(image.resize((32, 32)), "ICO"), ACCEPTED),
        Handed("photo.heic.jpg", struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic", "share it as JPEG"),
        Handed("photo.avif.jpg", struct.pack(">I", 24) + b"ftypavif\0\0\0\0mif1avif", "share it as JPEG"),
        Handed("blank.png", encoded(Image.new("RGB", (50, 50), (90, 120, 90)), "PNG"), "one even colour"),
        Handed("*bold*_$x$_![a](b).png", b"nothing", ACCEPTED),
    ]
