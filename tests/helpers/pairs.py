"""Pairs of CSV files as Kaggle has them, written from images."""

import hashlib
from pathlib import Path

import numpy as np

from playground.data.csv_rows import COLUMNS
from playground.data.images import FashionData, Images
from playground.data.sources.kaggle import PAIR, Half

HEADER = ",".join(COLUMNS).encode() + b"\n"
TRAIN, TEST = (half.name for half in PAIR)
_VALUES = np.array([f"{value}," for value in range(256)], "S4")


def csv_of(images: Images, seed: int) -> bytes:
    """Images as a CSV file, its rows in an order of their own."""
    rows = np.column_stack(
        [images.labels.numpy().astype(np.uint8), images.pixels.numpy().reshape(len(images), -1)]
    )
    order = np.random.default_rng(seed).permutation(len(rows))
    blocks = [HEADER]
    for begin in range(0, len(rows), 1000):
        text = _VALUES[rows[order[begin : begin + 1000]]]
        text[:, -1] = np.char.replace(text[:, -1], b",", b"\n")
        blocks.append(text.tobytes().replace(b"\0", b""))  # numpy fills up with zeros
    return b"".join(blocks)


def put_pair(folder: Path, data: FashionData) -> tuple[Half, Half]:
    """Write both files; return what would be on record of them, were they Kaggle's."""
    folder.mkdir(parents=True, exist_ok=True)
    return _put(folder / TRAIN, data.train), _put(folder / TEST, data.test)


def _put(path: Path, images: Images) -> Half:
    text = csv_of(images, seed=len(images))
    path.write_bytes(text)
    return Half(path.name, len(images), hashlib.md5(text).hexdigest())
