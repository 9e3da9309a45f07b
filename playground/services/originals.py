"""The four files Fashion-MNIST was published as: found in a folder, unpacked, and checked.

The checksums are those of the unpacked files: the gzip files of different mirrors differ in their headers.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from playground.core.fashion import FashionData, Images

Report = Callable[[str, float | None], None]
"""Told what is being done, in a sentence, and how far it is, 0 to 1, where that is known."""

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")  # of Debian's package dataset-fashion-mnist
RAW = Path("FashionMNIST", "raw")  # where torchvision keeps the files


class AbsentError(DataError):
    """A source that is simply not there: worth telling only where no other source worked either."""


@dataclass(frozen=True)
class Original:
    """One published file: its name when unpacked, bytes gzipped (about) and unpacked, SHA-256 unpacked."""

    name: str
    packed: int
    size: int
    sha256: str

    @property
    def gz(self) -> str:
        """Its name as published, gzipped."""
        return f"{self.name}.gz"


ORIGINALS = (
    Original(
        "train-images-idx3-ubyte",
        26_421_880,
        47_040_016,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    Original(
        "train-labels-idx1-ubyte",
        29_515,
        60_008,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    Original(
        "t10k-images-idx3-ubyte",
        4_422_102,
        7_840_016,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    Original(
        "t10k-labels-idx1-ubyte",
        5_148,
        10_008,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)


def read_full(folder: Path, source: str, report: Report) -> "FashionData":
    """Read all 70,000 images from the four files in a folder, gzipped or not, and put them in order.

    Raises AbsentError where a file is missing, DataError where one is damaged; both name the file.
    """
    from playground.core import fashion  # torch takes seconds to import and the screen must not wait for it

    arrays = []
    for number, original in enumerate(ORIGINALS):
        report(f"Reading {original.name}", number / len(ORIGINALS))
        arrays.append(read_original(folder, original))
    report("Putting the images in order", None)
    train, test = (_images(*pair) for pair in (arrays[:2], arrays[2:]))
    return fashion.FashionData.of("full", source, fashion.canonical(train), fashion.canonical(test))


def _images(pixels: "npt.NDArray[np.uint8]", labels: "npt.NDArray[np.uint8]") -> "Images":
    import torch

    from playground.core.fashion import Images

    # torch.tensor copies: the arrays are views of read-only bytes
    return Images(torch.tensor(pixels), torch.tensor(labels, dtype=torch.int64))


def read_original(folder: Path, original: Original) -> "npt.NDArray[np.uint8]":
    """Read one of the four files; of an unpacked and a gzipped copy the first that is whole.

    Raises AbsentError where there is neither, DataError where none is whole.
    """
    problem: DataError = AbsentError(f"There is no {original.name} or {original.gz} in {folder}.")
    for path in (folder / original.name, folder / original.gz):
        try:
            with path.open("rb") as file:
                # the unpacked size bounds both forms: a file that only has the right name is not read whole
                data = file.read(original.size + 1)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problem = DataError(f"{path} cannot be read: {error.strerror}.")
            continue
        try:
            return check(data, original, str(path))
        except DataError as error:
            problem = error
    raise problem


def check(data: bytes, original: Original, name: str) -> "npt.NDArray[np.uint8]":
    """Unpack and verify the bytes of a file; return its images [n, 28, 28] or labels [n].

    Raises DataError, calling the file `name`, where it isn't what was published.
    """
    from playground.core.fashion import parse_idx  # imports torch

    if data[:2] == b"\x1f\x8b":
        data = _gunzip(data, original, name)
    array = parse_idx(data, name)
    found = hashlib.sha256(data).hexdigest()
    if found != original.sha256:
        wanted = original.sha256[:12]
        raise DataError(f"{name} is not as it was published: its SHA-256 is {found[:12]}..., not {wanted}...")
    return array


def _gunzip(data: bytes, original: Original, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            # one byte more than there should be: the checksum at the end is reached, a gzip bomb is not
            return packed.read(original.size + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{name} is not a whole gzip file ({error}).") from None
