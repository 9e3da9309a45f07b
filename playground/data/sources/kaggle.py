"""Fashion-MNIST as a pair of CSV files, whatever the order of their rows, as Kaggle has it.

Kaggle's own two files do not hold the published images in another order: many are in the other file, and some in
neither. So a pair is verified if its images are the published ones, and taken as it is if its bytes are Kaggle's.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from playground.data.classes import SIDE
from playground.data.csv_rows import LONGEST_ROW, check_header, parse_rows
from playground.data.sources.folder import files_in
from playground.data.sources.originals import AbsentError, Report
from playground.errors import DataError
from playground.text.sentences import printable

if TYPE_CHECKING:
    from playground.data.images import FashionData, Images

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

    def is_named(self, name: str) -> bool:
        """Whether a file's name says that it is this one, such as "fashion-mnist_train (1).csv" too."""
        part = "train" if "train" in self.name else "test"
        return re.search(rf"fashion[-._ ]?mnist[-._ ]{part}\b.*\.csv$", name, re.I) is not None


PAIR = (
    Half("fashion-mnist_train.csv", 60_000, "976229da8a00a3ccf41b8009e4e48d77"),
    Half("fashion-mnist_test.csv", 10_000, "64ec16a6b73b3514634d529a71dd8306"),
)


def read_pair(
    folder: Path, source: str, report: Report, pair: tuple[Half, Half] = PAIR, files: Sequence[Path] | None = None
) -> "FashionData":
    """Read all 70,000 images from the two files, and put them in order.

    They are among `files`, by default those that lie in the folder. Raises AbsentError where neither is there;
    DataError, naming file and line, where one is missing or damaged or holds other images than the published
    ones or Kaggle's.
    """
    try:
        both = _both(folder, files_in(folder) if files is None else files, pair)
        return _read(both, source, report, pair)
    except AbsentError:
        raise
    except DataError as error:
        raise DataError(f"{error} {_REMEDY}") from None
    except OSError as error:
        raise DataError(f"{printable(error.filename or folder)} cannot be read: {error.strerror}.") from None


def _both(folder: Path, files: Sequence[Path], pair: tuple[Half, Half]) -> list[Path]:
    """The file of each half; of copies that with the name as it was published."""
    named = [[file for file in files if half.is_named(file.name)] for half in pair]
    missing = [half.name for half, found in zip(pair, named, strict=True) if not found]
    if len(missing) == len(pair):
        raise AbsentError(f"There is no {' or '.join(missing)} in {printable(folder)}.")
    if missing:
        raise DataError(f"There is no {missing[0]} in {printable(folder)}, only the other file of the pair.")
    return [min(found, key=lambda file: file.name != half.name) for half, found in zip(pair, named, strict=True)]


def _read(both: Sequence[Path], source: str, report: Report, pair: tuple[Half, Half]) -> "FashionData":
    from playground.data.images import FashionData, canonical  # imports torch, which takes seconds

    total = sum(half.images for half in pair)
    halves, others, before = [], [], 0
    for path, half in zip(both, pair, strict=True):
        images, md5 = _read_half(path, half, report, before, total)
        halves.append(canonical(images))
        others += [printable(path)] if md5 != half.md5 else []
        before += half.images
    data = FashionData.of("full", source, *halves)
    if others and not data.verified:
        names = " and ".join(others)
        raise DataError(f"{names}: not as published and not as on Kaggle; the fingerprint is {data.fingerprint}.")
    return data


def _read_half(path: Path, half: Half, report: Report, before: int, total: int) -> tuple["Images", str]:
    """Read one file; return its images in the order of its rows, and its MD5, with line ends as on Kaggle.

    `report` is told how many of all `total` images are read, of which `before` were read before this file.
    """
    import torch

    from playground.data.images import Images

    name = printable(path)
    pixels = np.empty((half.images, SIDE, SIDE), np.uint8)
    labels = np.empty(half.images, np.int64)
    done = 0
    with path.open("rb") as file:
        header = file.readline(_HEADER).removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")
        check_header(header, name)
        digest = hashlib.md5(header, usedforsecurity=False)
        for text in _blocks(file):
            report(f"Reading {half.name}", (before + done) / total)
            digest.update(text)
            rows = parse_rows(text, done + 2, name)
            begin, done = done, done + len(rows)
            if done > half.images:
                raise DataError(f"{name} goes on after {half.images:,} images, in line {half.images + 2}.")
            labels[begin:done] = rows[:, 0]
            pixels[begin:done] = rows[:, 1:].reshape(-1, SIDE, SIDE)
    if done < half.images:
        raise DataError(f"{name} ends after {done:,} of {half.images:,} images, with line {done + 1}.")
    return Images(torch.from_numpy(pixels), torch.from_numpy(labels)), digest.hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file in blocks of whole lines, as far as its lines are no longer than a row can be."""
    while block := file.read(_BLOCK) + file.readline(LONGEST_ROW):
        yield block.replace(b"\r\n", b"\n")
