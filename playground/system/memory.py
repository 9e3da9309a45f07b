"""Freed memory stays with the process while it trains.

A training frees and asks for the same tens of megabytes in every batch. The C library hands such blocks back to
the system at once and gets them again page by page, each filled with zeros: up to an eighth of a training's time.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

# mallopt(3) of the GNU C library
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEEP = 2**31 - 1  # bytes at the end of the heap that are not given back
_AHEAD = 64 * 2**20  # bytes asked for at a time
_OWN_BLOCKS = (2**30, 32 * 2**20)  # larger ones are asked for by themselves; the second where the first is refused


@cache
def keep_freed_memory() -> bool:
    """Tell the C library so, once and for the whole process; False where it is not the GNU one."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library, such as musl's
        return False
    return bool(
        any(mallopt(_MMAP_THRESHOLD, size) for size in _OWN_BLOCKS)
        and mallopt(_TRIM_THRESHOLD, _KEEP)
        and mallopt(_TOP_PAD, _AHEAD)
    )
