"""The files of a zip that somebody hands in: a few, wherever they lie in it, and none unpacked that is too large.

A zip may have been made anew by Finder, Explorer or another program: then a folder lies around the files, they
have company (`__MACOSX`), another order, or backslashes in their names.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from playground.errors import RunError
from playground.text.sentences import shown

_MOST_FILES = 1000
_MOST_DIRECTORY = 2**20  # bytes of the names and sizes of all files; zipfile reads them in one go
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a limit in Python
_OTHERS = {9: "deflate64", zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA", 93: "Zstandard", 95: "XZ"}
_ENCRYPTED = 1
_NO_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
)  # what a damaged one makes zipfile raise


class _Content(io.BytesIO):
    """A zip whose list of files is short: it is read before anything can be asked about it."""

    longest: int | None = _MOST_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        if self.longest is not None and size is not None and size > self.longest:
            raise RunError(f"This zip lists more files than an export has: {_MOST_FILES:,} are the most.")
        return super().read(size)


class Archive:
    """The files of one export in a zip."""

    def __init__(self, archive: zipfile.ZipFile, folder: str, files: dict[str, zipfile.ZipInfo]) -> None:
        self._archive, self._folder, self._files = archive, folder, files

    def read(self, name: str, most: int) -> bytes:
        """The content of one file; no more of it is unpacked than it may have, whatever the zip says.

        Raises:
            RunError: It is not there, too large, or packed in a way that is not read.
        """
        found = self._files.get(self._folder + name)
        if found is None:
            raise RunError(f"This zip is no export of a run: there is no {name} in it.")
        if found.flag_bits & _ENCRYPTED:
            raise RunError(f"{name} in it is encrypted. Make the zip without a password.")
        if found.compress_type not in _PACKINGS:
            packing = _OTHERS.get(found.compress_type, f"method {found.compress_type}")
            raise RunError(f"{name} in it is packed by {packing}. Make the zip with the usual method, deflate.")
        if found.file_size <= most:
            with self._archive.open(found) as file:
                content = file.read(most + 1)
            if len(content) <= most:
                return content
        raise RunError(f"{name} in it has more than {most >> 20} MB: that cannot be of a run.")


@contextmanager
def opened(content: bytes, mark: str) -> Iterator[Archive]:
    """The export in a zip: what lies in one folder with the file called `mark`.

    Raises:
        RunError: It is no zip, is damaged, has too many files, or not exactly one such folder.
    """
    try:
        held = _Content(content)
        with zipfile.ZipFile(held) as archive:
            held.longest = None
            files = _files(archive)
            yield Archive(archive, _folder(files, mark), files)
    except _NO_ZIP as error:
        raise RunError(f"This is no zip that can be read: {error}. Take the file that an export wrote.") from error


def _files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > _MOST_FILES:
        raise RunError(f"This zip lists {len(members):,} files; {_MOST_FILES:,} are the most that an export has.")
    named = {member.filename.replace("\\", "/").removeprefix("./"): member for member in members}
    return {name: member for name, member in named.items() if not name.startswith("__MACOSX/")}


def _folder(files: dict[str, zipfile.ZipInfo], mark: str) -> str:
    """The beginning that the names of an export have in common: "" or a folder with its slash."""
    found = [name.removesuffix(mark) for name in files if PurePosixPath(name).name == mark]
    if len(found) == 1:
        return found[0]
    if found:
        where = ", ".join(shown(each.rstrip("/") or ".") for each in sorted(found)[:3])
        raise RunError(
            f"This zip holds {len(found)} exports, in {where}{' and others' * (len(found) > 3)}. "
            "Zip one of these folders alone."
        )
    inner = [name for name in files if name.lower().endswith(".zip")]
    if inner:
        raise RunError(f"In this zip is another, {shown(inner[0])}. Unpack it, and take that one.")
    raise RunError(f"This zip is no export of a run: there is no {mark} in it.")
