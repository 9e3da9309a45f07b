"""Drives a function in a thread: work that goes on whether anybody looks or not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from playground.system import threads
from playground.system.jobs import BackgroundJob

T = TypeVar("T")


class JobThread(Generic[T]):
    """One job at a time, which any thread may start.

    Attributes:
        job: The last one; None before the first.

    Args:
        name: Of the thread.
        clock: Seconds, from any start.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._starting = threading.Lock()
        self.job: BackgroundJob[T] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job is under way."""
        return self.job is not None and not self.job.is_over

    def start(self, work: Callable[[BackgroundJob[T]], T], words: str = "") -> BackgroundJob[T]:
        """Begin, and return the job; the one that is under way if there is one.

        The work is given its job, to report to.
        """
        with self._starting:
            if self.job is not None and not self.job.is_over:
                return self.job
            job = self.job = BackgroundJob[T](words, self._clock)

        def run() -> None:
            with job.guarded():
                job.finish(work(job))

        threads.start(run, self._name, wake=job.cancel)
        return job
