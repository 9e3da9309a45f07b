"""Work that is done beside training, step by step, and gives way to it: what screens wait for with a progress bar.

A background job is a generator that yields the fraction done and returns its result. One thread of low priority
takes their steps. What was asked for last goes first, and what nobody asks for any more is given up.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from typing import Any, Generic, TypeVar, cast

from playground.errors import PlaygroundError, RunError
from playground.system import threads

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work = Generator[float, None, T]
_ABANDONED = 30.0  # seconds without anybody asking
_KEPT = 48  # results
_NICE = 10  # of 19, where the system has priorities for threads


class BackgroundJob(Generic[T]):
    """Something that is being worked out. Any thread may look at it.

    Attributes:
        fraction: How much of it is done, 0 to 1.
        seconds: Spent on it so far, other jobs and waiting for a training excluded.
    """

    def __init__(self, begin: Callable[[], Work[T]], clock: Callable[[], float]) -> None:
        self.fraction = self.seconds = 0.0
        self.asked = clock()
        self._begin, self._clock = begin, clock
        self._work: Work[T] | None = None
        self._result: T | None = None
        self._fault: PlaygroundError | None = None
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether `result` has something to say."""
        return self._over.is_set()

    def keep_alive(self) -> None:
        """Somebody looks at it: it goes on."""
        self.asked = self._clock()

    def wait(self, seconds: float) -> bool:
        """Wait for a while, and say whether it is over."""
        return self._over.wait(seconds)

    def result(self) -> T:
        """What came out.

        Raises:
            PlaygroundError: What went wrong.
        """
        if self._fault is not None:
            raise self._fault
        return cast(T, self._result)

    def step(self) -> None:
        """Go one step further. Never raises."""
        began = self._clock()
        try:
            if self._work is None:
                self._work = self._begin()
            self.fraction = next(self._work)
        except StopIteration as end:
            self.fraction, self._result = 1.0, end.value
            self._end()
        except PlaygroundError as error:
            self._fault = error
            self._end()
        except Exception as error:  # a job must never take the others with it
            logger.exception("a background job failed")
            self._fault = RunError(f"It could not be worked out ({type(error).__name__}: {error}).")
            self._end()
        self.seconds += self._clock() - began

    def _end(self) -> None:
        self._work = None  # and with it what it held
        self._over.set()


class JobQueue:
    """All background jobs of a process.

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
        self._jobs: OrderedDict[tuple[Hashable, ...], BackgroundJob[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no job is being worked on."""
        return self._thread is None

    def ask(self, key: tuple[Hashable, ...], begin: Callable[[], Work[T]]) -> BackgroundJob[T]:
        """The job of a key: the one that was asked for before, or a new one. One that failed is begun anew."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or (job._fault is not None and job.asked + 1 < self._clock()):
                job = self._jobs[key] = BackgroundJob(begin, self._clock)
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

    def _next(self) -> BackgroundJob[Any] | None:
        """The one that was asked for last. None, and the thread's end, if nobody waits for anything."""
        with self._lock:
            for key in [key for key, each in self._jobs.items() if self._is_abandoned(each)]:
                del self._jobs[key]
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
            before = job.seconds
            job.step()
            if self._busy():
                threads.sleep(job.seconds - before)


def _be_modest() -> None:
    """Lower the priority of this thread, and of those it starts in PyTorch. Linux alone has one per thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
