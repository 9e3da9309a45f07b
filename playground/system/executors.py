"""Whoever trains: runs wait in the executor's queue and nowhere else."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import Protocol

from playground.system import threads

logger = logging.getLogger(__name__)


class Executor(Protocol):
    """Whoever runs jobs."""

    def submit(self, work: Callable[[], None]) -> None:
        """Run the work now or later, one after the other."""


class InlineExecutor:
    """Runs the work at once, in the calling thread: for the command line and for tests."""

    def submit(self, work: Callable[[], None]) -> None:
        """Return when the work is done."""
        work()


class ThreadExecutor:
    """One background thread takes the work from a queue. It is a daemon: it ends with the process."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threads.start(self._work, "trainer", wake=lambda: self._queue.put(lambda: None))

    def submit(self, work: Callable[[], None]) -> None:
        """Return at once; the work waits for its turn."""
        self._queue.put(work)

    def _work(self) -> None:
        while not threads.is_ending():
            work = self._queue.get()
            try:
                work()
            except Exception:
                logger.exception("the worker goes on with what waits")
