"""The four files Fashion-MNIST was published as: found in a folder, unpacked, and checked.

The checksums are those of the unpacked files: the gzip files of different mirrors differ in their headers.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.data.sources.folder import files_in
from playground.errors import DataError
from playground.text.file_signature import nature
from playground.text.sentences import printable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from playground.data.images import FashionData, Images

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

    def is_named(self, name: str) -> bool:
        """Whether a file's name says that it is this one, however archives and browsers change such names.

        Such as train-images.idx3-ubyte, or "train-images-idx3-ubyte (1).gz".
        """
        return re.search(self.name.replace("t10k", "(t10k|test)").replace("-", "[-._ ]?"), name, re.I) is not None


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

LARGEST = max(original.size for original in ORIGINALS)

# of the files that MNIST is published as under the same names, unpacked
_DIGITS: Mapping[str, str] = {
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db": "images",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5": "labels",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7": "images",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2": "labels",
}
_GZIP = b"\x1f\x8b"
_REMEDY = "Take the published one, from https://github.com/zalandoresearch/fashion-mnist for instance."


def read_full(folder: Path, source: str, report: Report, files: Sequence[Path] | None = None) -> "FashionData":
    """Read all 70,000 images from the four files, gzipped or not, and put them in order.

    They are among `files`, by default those that lie in the folder. Raises AbsentError where one is missing,
    DataError where one is damaged; both name it.
    """
    from playground.data import images  # torch takes seconds to import and the screen must not wait for it

    files = files_in(folder) if files is None else files
    _need_all(folder, files)
    arrays = []
    for number, original in enumerate(ORIGINALS):
        report(f"Reading {original.name}", number / len(ORIGINALS))
        arrays.append(read_original(folder, original, files))
    report("Putting the images in order", None)
    train, test = (_images(*pair) for pair in (arrays[:2], arrays[2:]))
    return images.FashionData.of("full", source, images.canonical(train), images.canonical(test))


def _need_all(folder: Path, files: Sequence[Path]) -> None:
    missing = [each for each in ORIGINALS if not any(each.is_named(file.name) for file in files)]
    if len(missing) == len(ORIGINALS):
        raise AbsentError(f"There is no {missing[0].name} or {missing[0].gz} in {printable(folder)}.")
    if missing:
        raise AbsentError(
            f"Of the four files of Fashion-MNIST {printable(folder)} has no "
            f"{' and no '.join(each.gz for each in missing)}. Put {'them' if missing[1:] else 'it'} there, from "
            "https://github.com/zalandoresearch/fashion-mnist for instance."
        )


def _images(pixels: "npt.NDArray[np.uint8]", labels: "npt.NDArray[np.uint8]") -> "Images":
    import torch

    from playground.data.images import Images

    # torch.tensor copies: the arrays are views of read-only bytes
    return Images(torch.tensor(pixels), torch.tensor(labels, dtype=torch.int64))


def read_original(
    folder: Path, original: Original, files: Sequence[Path] | None = None
) -> "npt.NDArray[np.uint8]":
    """Read one of the four files; of several copies, gzipped or not, the first that is whole.

    They are among `files`, by default those that lie in the folder. Raises AbsentError where there is none,
    DataError where none is whole.
    """
    problem: DataError | None = None
    files = files_in(folder) if files is None else files
    named = [file for file in files if original.is_named(file.name)]
    for path in sorted(named, key=lambda file: file.name not in (original.name, original.gz)):
        try:
            with path.open("rb") as file:
                # bounded: a file that only has the right name is not read whole
                data = file.read(LARGEST + 1)
            return check(data, original, printable(path))
        except FileNotFoundError:
            problem = problem or DataError(f"{printable(path)} is a link to a file that is not there. {_REMEDY}")
        except OSError as error:
            problem = problem or DataError(f"{printable(path)} cannot be read: {error.strerror}.")
        except DataError as error:
            problem = problem or DataError(f"{error} {_REMEDY}")
    raise problem or AbsentError(f"There is no {original.name} or {original.gz} in {printable(folder)}.")


def check(data: bytes, original: Original, name: str) -> "npt.NDArray[np.uint8]":
    """Unpack and verify the bytes of a file; return its images [n, 28, 28] or labels [n].

    Raises DataError, calling the file `name`, where it isn't what was published.
    """
    from playground.data.images import parse_idx  # imports torch

    data = _unpacked(data, name)
    found = hashlib.sha256(data).hexdigest()
    if found != original.sha256:
        raise DataError(f"{name} {_other(data, found, original, name)}.")
    return parse_idx(data, name)


def _other(data: bytes, digest: str, original: Original, name: str) -> str:
    """What an unpacked file is that is not the one its name says, in words that follow that name."""
    from playground.data.images import parse_idx

    for other in ORIGINALS:
        if digest == other.sha256:
            return f"holds what was published as {other.name}, not {original.name}: give it its own name"
    if digest in _DIGITS:
        return f"holds the {_DIGITS[digest]} of MNIST's handwritten digits, whose files have the same names"
    if words := nature(data):
        return f"is {words}"
    array = parse_idx(data, name)  # a sentence of its own on what is no idx file, or not a whole one
    wanted, images = original.sha256[:12], "images" if array.ndim == 3 else "labels"
    return (
        f"is not as it was published: it holds {len(array):,} {images} whose SHA-256 is {digest[:12]}..., "
        f"not {wanted}... It is damaged, or of another data set: MNIST and others have files of the same names"
    )


def _unpacked(data: bytes, name: str) -> bytes:
    """The content of a gzip file, also of one that a server has packed once more; of another the file itself."""
    for _ in range(2):
        data = _gunzip(data, name) if data.startswith(_GZIP) else data
    return data


def _gunzip(data: bytes, name: str) -> bytes:
    """Unpack a gzip file, one part after the other; what is behind them is not its content."""
    content = b""
    while data.startswith(_GZIP):
        part = zlib.decompressobj(wbits=31)  # 31: gzip, with its checksum
        try:
            content += part.decompress(data, LARGEST + 1 - len(content))
        except zlib.error as error:
            raise DataError(f"{name} is not a whole gzip file ({error}).") from None
        if len(content) > LARGEST:
            raise DataError(f"{name} unpacks to more than the {LARGEST:,} bytes of the largest file.")
        if not part.eof:
            raise DataError(
                f"{name} is not a whole gzip file: it is cut off after {len(content):,} bytes unpacked."
            )
        data = part.unused_data
    return content
