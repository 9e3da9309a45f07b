"""Files that are written whole or not at all, and read whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path


def named(text: str) -> Path:
    """A file or folder as a person wrote it: "~" is their own folder, also where no shell has put that in."""
    with suppress(RuntimeError):  # nobody is called so
        return Path(text).expanduser()
    return Path(text)


def read_whole(path: Path, most: int | None = None) -> bytes:
    """The content of a file.

    Args:
        most: Bytes that it may have; None if there is no limit.

    Raises:
        OSError: It is not there, cannot be read, is no ordinary file (reading a pipe would never end), or is
            larger than it may be.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if most is not None and found.st_size > most:
        raise OSError(
            errno.EFBIG, f"it has {found.st_size / 1e6:,.1f} MB, and {most / 1e6:,g} is the most", str(path)
        )
    return path.read_bytes()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one, never a part.

    Raises:
        OSError: The disk is full or not writable; the old content is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
