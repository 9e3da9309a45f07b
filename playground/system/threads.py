"""Threads that work in the background and let the process end in peace.

They are daemons: none of them keeps a process alive. But one that is inside PyTorch while the interpreter is taken
down aborts the whole process, so at the end they are told, and awaited for a moment.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable

PATIENCE = 10.0  # seconds; a batch, or the evaluation of the test images, is over by then

_ending = threading.Event()
_lock = threading.Lock()
_threads: dict[threading.Thread, Callable[[], None]] = {}


def is_ending() -> bool:
    """Whether the process is about to end: long work gives up then."""
    return _ending.is_set()


def sleep(seconds: float) -> None:
    """Wait; not so long if the process ends."""
    _ending.wait(seconds)


def start(work: Callable[[], None], name: str, wake: Callable[[], None] = lambda: None) -> threading.Thread:
    """Run the work in a daemon thread. `wake` is called when the process ends, for a thread that waits."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    with _lock:
        for over in [each for each in _threads if each.ident is not None and not each.is_alive()]:
            del _threads[over]
        _threads[thread] = wake
    thread.start()
    return thread


@atexit.register
def _end() -> None:
    _ending.set()
    with _lock:
        waiting = dict(_threads)
    for wake in waiting.values():
        wake()
    for thread in waiting:
        if thread.ident is not None:
            thread.join(PATIENCE)
