"""Mutated pictures, each of which has to end in a prediction or in a sentence.

    python -m tools.benchmarks.fuzz [MUTANTS]

Prints one JSON object: how many were predicted and refused, the seconds, and this process's peak memory.
"""

import json
import random
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable

from playground.pictures.garment_file import read_garment

_EXTREME = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)
_SIZES = (0, 1, 2, 27, 28, 29, 300, 4096, 7999, 16_383, 16_384, 65_535)


def originals() -> list[bytes]:
    """Small real files in each accepted format and most of their variants."""
    from hostile import encoded, garment, sixteen_bit
    from PIL import Image

    image = garment(64, 80)
    glass, frames = image.convert("RGBA"), {"save_all": True, "append_images": [image.rotate(9)], "duration": 40}
    glass.putalpha(image.convert("L").point(lambda level: 255 - level // 2))
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        *(
            encoded(each, "PNG")
            for each in (image, glass, image.convert("L"), image.quantize(8), image.convert("1"))
        ),
        encoded(image, "PNG", **frames),
        sixteen_bit(0),
        sixteen_bit(2),
        encoded(image, "JPEG", exif=exif),
        encoded(image, "JPEG", progressive=True),
        encoded(image.convert("CMYK"), "JPEG"),
        encoded(image.convert("L"), "JPEG"),
        encoded(image, "WEBP"),
        encoded(glass, "WEBP", lossless=True),
        encoded(image, "WEBP", **frames),
        encoded(image, "GIF"),
        encoded(image, "GIF", **frames),
        encoded(image, "BMP"),
        encoded(image.quantize(8), "BMP"),
    ]


def flipped(draw: random.Random, data: bytearray, _: bytes) -> bytearray:
    """Some bytes are others."""
    for _ in range(draw.choice((1, 1, 2, 5, 30))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return data


def cut(draw: random.Random, data: bytearray, _: bytes) -> bytearray:
    """Its end, its beginning or a piece of it is missing."""
    start, end = sorted(draw.choices(range(len(data)), k=2))
    return draw.choice((data[:end], data[start:], data[:start] + data[end:]))


def spliced(draw: random.Random, data: bytearray, other: bytes) -> bytearray:
    """It goes on as another file, or has a piece of it twice."""
    here, there = draw.randrange(len(data)), draw.randrange(len(other))
    return draw.choice((data[:here] + other[there:], data[:here] + data[draw.randrange(here + 1) :]))


def headed(draw: random.Random, data: bytearray, _: bytes) -> bytearray:
    """Fields at its beginning have extreme values."""
    for _ in range(draw.choice((1, 2, 4))):
        data[draw.randrange(min(len(data), 64))] = draw.choice(_EXTREME)
    return data


def resized(draw: random.Random, data: bytearray, _: bytes) -> bytearray:
    """Its header is sound and says another size; in a PNG also another depth and other colours."""
    width, height = draw.choice(_SIZES), draw.choice(_SIZES)
    if data[:4] == b"\x89PNG":
        depth, colours = draw.choice((1, 2, 4, 8, 16)), draw.choice((0, 2, 3, 4, 6))
        header = b"IHDR" + struct.pack(">IIBB", width, height, depth, colours) + bytes(data[26:29])
        data[12:33] = header + struct.pack(">I", zlib.crc32(header))
    elif data[:3] == b"GIF":
        data[6:10] = struct.pack("<HH", width, height)
    elif data[:2] == b"BM":
        data[18:26] = struct.pack("<ii", width, draw.choice((height, -height)))
    elif data[:2] == b"\xff\xd8":
        frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    elif data[12:15] == b"VP8":
        data[26:30] = struct.pack("<HH", width, height)
    return data


MUTATIONS: tuple[Callable[[random.Random, bytearray, bytes], bytearray], ...] = (
    flipped, cut, spliced, headed, resized,
)  # fmt: skip


def mutant(draw: random.Random, files: list[bytes]) -> bytes:
    """A real file with one or two mutations."""
    data = bytearray(draw.choice(files))
    for change in draw.choices(MUTATIONS, k=draw.choice((1, 1, 2))):
        if data:
            data = change(draw, data, draw.choice(files))
    return bytes(data)


def main(count: int) -> dict[str, float]:
    import numpy as np
    import torch

    from playground.errors import PlaygroundError
    from playground.lab.lab import Lab
    from playground.lab.settings import load_settings
    from playground.system.executors import InlineExecutor

    lab, draw, files = Lab(load_settings(), InlineExecutor()), random.Random(0), originals()
    run = lab.library.run("example")
    started, slowest, seen, sentences = time.monotonic(), 0.0, [], list[str]()
    for number in range(count):
        data, begun = mutant(draw, files), time.monotonic()
        try:
            seen.append(read_garment(data, f"mutant {number}.png").pixels)
        except PlaygroundError as error:
            sentences.append(str(error))
        slowest = max(slowest, time.monotonic() - begun)
    assert all(each.endswith(".") and "\n" not in each for each in sentences)
    answers = lab.scores.probabilities(run, torch.from_numpy(np.stack(seen)))
    assert bool(answers.isfinite().all())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return {
        "predicted": len(answers),
        "refused": len(sentences),
        "seconds": round(time.monotonic() - started, 1),
        "slowest": round(slowest, 2),
        "peak_mb": round(peak),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)))
