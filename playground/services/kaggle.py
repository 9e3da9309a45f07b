"""Fashion-MNIST as a pair of CSV files, whatever the order of their rows, as Kaggle has it.

Kaggle's own two files do not hold the published images in another order: many are in the other file, and some in
neither. So a pair is verified if its images are the published ones, and taken as it is if its bytes are Kaggle's.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from playground.core.classes import SIDE
from playground.core.csv_rows import LONGEST_ROW, check_header, parse_rows
from playground.errors import DataError
from playground.services.originals import AbsentError, Report

if TYPE_CHECKING:
    from playground.core.fashion import FashionData, Images

_BLOCK = 1 << 18  # bytes; what is made of larger blocks leaves the processor's cache
_HEADER = 1 << 14  # bytes; a header that is right has fewer than 7,000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # spreadsheets put it in front
_REMEDY = (
    "Fetch the pair again from https://www.kaggle.com/datasets/zalando-research/fashionmnist,"
    " or take it out of the folder."
)


@dataclass(frozen=True)
class Half:
    """One of the two files: its name, how many images it has, and the MD5 of Kaggle's own.

    No stronger digest of Kaggle's files is on record; this one tells accidents, not forgeries.
    """

    name: str
    images: int
    md5: str


PAIR = (
    Half("fashion-mnist_train.csv", 60_000, "976229da8a00a3ccf41b8009e4e48d77"),
    Half("fashion-mnist_test.csv", 10_000, "64ec16a6b73b3514634d529a71dd8306"),
)


def read_pair(folder: Path, source: str, report: Report, pair: tuple[Half, Half] = PAIR) -> "FashionData":
    """Read all 70,000 images from the two files in a folder, and put them in order.

    Raises AbsentError where neither is there; DataError, naming file and line, where one is missing or damaged
    or holds other images than the published ones or Kaggle's.
    """
    try:
        _need_both(folder, pair)
        return _read(folder, source, report, pair)
    except AbsentError:
        raise
    except DataError as error:
        raise DataError(f"{error} {_REMEDY}") from None
    except OSError as error:
        raise DataError(f"{error.filename or folder} cannot be read: {error.strerror}.") from None


def _need_both(folder: Path, pair: tuple[Half, Half]) -> None:
    missing = [half.name for half in pair if not (folder / half.name).is_file()]
    if len(missing) == len(pair):
        raise AbsentError(f"There is no {' or '.join(missing)} in {folder}.")
    if missing:
        raise DataError(f"There is no {missing[0]} in {folder}, only the other file of the pair.")


def _read(folder: Path, source: str, report: Report, pair: tuple[Half, Half]) -> "FashionData":
    from playground.core import fashion  # torch takes seconds to import and the screen must not wait for it

    total = sum(half.images for half in pair)
    halves, others, before = [], [], 0
    for half in pair:
        images, md5 = _read_half(folder / half.name, half, report, before, total)
        halves.append(fashion.canonical(images))
        others += [str(folder / half.name)] if md5 != half.md5 else []
        before += half.images
    data = fashion.FashionData.of("full", source, *halves)
    if others and not data.verified:
        names = " and ".join(others)
        raise DataError(f"{names}: not as published and not as on Kaggle; the fingerprint is {data.fingerprint}.")
    return data


def _read_half(path: Path, half: Half, report: Report, before: int, total: int) -> tuple["Images", str]:
    """Read one file; return its images in the order of its rows, and its MD5, with line ends as on Kaggle.

    `report` is told how many of all `total` images are read, of which `before` were read before this file.
    """
    import torch

    from playground.core.fashion import Images

    pixels = np.empty((half.images, SIDE, SIDE), np.uint8)
    labels = np.empty(half.images, np.int64)
    done = 0
    with path.open("rb") as file:
        header = file.readline(_HEADER).removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")
        check_header(header, str(path))
        digest = hashlib.md5(header, usedforsecurity=False)
        for text in _blocks(file):
            report(f"Reading {half.name}", (before + done) / total)
            digest.update(text)
            rows = parse_rows(text, done + 2, str(path))
            begin, done = done, done + len(rows)
            if done > half.images:
                raise DataError(f"{path} goes on after {half.images:,} images, in line {half.images + 2}.")
            labels[begin:done] = rows[:, 0]
            pixels[begin:done] = rows[:, 1:].reshape(-1, SIDE, SIDE)
    if done < half.images:
        raise DataError(f"{path} ends after {done:,} of {half.images:,} images, with line {done + 1}.")
    return Images(torch.from_numpy(pixels), torch.from_numpy(labels)), digest.hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file in blocks of whole lines, as far as its lines are no longer than a row can be."""
    while block := file.read(_BLOCK) + file.readline(LONGEST_ROW):
        yield block.replace(b"\r\n", b"\n")
