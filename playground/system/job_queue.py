"""Drives generators: work beside training, step by step, which gives way to it.

A generator yields the fraction done and returns its result. One thread of low priority takes the steps of all of
them. What was asked for last goes first, and what nobody asks for any more is given up.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from typing import Any, TypeVar

from playground.system import threads
from playground.system.jobs import BackgroundJob, CancelledError

T = TypeVar("T")
Work = Generator[float, None, T]
_ABANDONED = 30.0  # seconds without anybody asking
_KEPT = 48  # results
_NICE = 10  # of 19, where the system has priorities for threads


class _Stepped(BackgroundJob[T]):
    """A job whose work is a generator."""

    def __init__(self, begin: Callable[[], Work[T]], words: str, clock: Callable[[], float]) -> None:
        super().__init__(words, clock)
        self._begin = begin
        self._work: Work[T] | None = None
        self._stood = 0.0  # since when nobody works on it

    def step(self) -> float:
        """Go one step further, and return the seconds that it took. Never raises."""
        began = self._clock()
        self.idle(began - self._stood)
        with self.guarded():
            if self._work is None:
                self.report(0.0)
                self._work = self._begin()
            try:
                self.report(next(self._work))
            except StopIteration as end:
                self.finish(end.value)
        if self.is_over:
            self._work = None  # and with it what it held
        self._stood = self._clock()
        return self._stood - began

    def give_up(self) -> None:
        """End it where it stands."""
        with self.guarded():
            raise CancelledError


class JobQueue:
    """All generators of a process.

    Args:
        busy: Whether something is trained at the moment: then half of the time is left to it.
        most: How many results of a kind (the first part of a key) are kept; the others are kept together.
    """

    def __init__(
        self,
        busy: Callable[[], bool],
        most: dict[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._busy, self._most, self._clock = busy, most or {}, clock
        self._jobs: OrderedDict[tuple[Hashable, ...], _Stepped[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no job is being worked on."""
        return self._thread is None

    def ask(
        self, key: tuple[Hashable, ...], begin: Callable[[], Work[T]], words: str = "", again: bool = False
    ) -> BackgroundJob[T]:
        """The job of a key: the one that was asked for before, or a new one.

        One that failed is begun anew; `again` begins one anew that is over.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or (job.is_over and (again or (job.failed and job.asked + 1 < self._clock()))):
                job = self._jobs[key] = _Stepped(begin, words, self._clock)
            self._jobs.move_to_end(key)
            job.keep_alive()
            self._let_go(key[0])
            if not job.is_over and self._thread is None:
                self._thread = threads.start(self._work, "background-jobs")
        return job

    def _let_go(self, kind: Hashable) -> None:
        """Forget the oldest results of a kind beyond those that are kept."""
        own = [
            key for key in self._jobs if key[0] == kind or (kind not in self._most and key[0] not in self._most)
        ]
        for key in own[: -self._most.get(str(kind), _KEPT)]:
            del self._jobs[key]

    def _next(self) -> _Stepped[Any] | None:
        """The one that was asked for last. None, and the thread's end, if nobody waits for anything."""
        with self._lock:
            for key in [key for key, each in self._jobs.items() if self._is_abandoned(each)]:
                self._jobs.pop(key).give_up()
            waiting = [each for each in self._jobs.values() if not each.is_over]
            if not waiting or threads.is_ending():
                self._thread = None
                return None
            return max(waiting, key=lambda each: each.asked)

    def _is_abandoned(self, job: BackgroundJob[Any]) -> bool:
        return not job.is_over and job.asked + _ABANDONED < self._clock()

    def _work(self) -> None:
        _be_modest()
        while (job := self._next()) is not None:
            seconds = job.step()
            if self._busy():
                threads.sleep(seconds)


def _be_modest() -> None:
    """Lower the priority of this thread, and of those it starts in PyTorch. Linux alone has one per thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
