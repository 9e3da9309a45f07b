"""Work in the background, whatever drives it: how far it is, what came of it, and how it is cancelled.

`job_queue` drives a generator step by step, `job_thread` a function in a thread, `job_process` a command in a
process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

from playground.errors import PlaygroundError, RunError
from playground.system import threads
from playground.system.pace import Pace
from playground.text.durations import roughly

logger = logging.getLogger(__name__)

T = TypeVar("T")
_LOOK_UP = 0.2  # seconds


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        fraction: Of the work that is done, 0 to 1.
        words: What is being done.
        seconds_left: None where nobody knows.
    """

    fraction: float = 0.0
    words: str = ""
    seconds_left: float | None = None

    @property
    def line(self) -> str:
        """All of it, such as "Fold 2 of 5 · 30% · about 9 s left"."""
        done = f"{self.fraction:.0%}" if self.fraction else ""
        left = "" if self.seconds_left is None else f"{roughly(self.seconds_left)} left"
        return " · ".join(filter(None, (self.words, done, left)))


class CancelledError(BaseException):
    """The work has to end: somebody cancelled it, or the process ends."""


class BackgroundJob(Generic[T]):
    """Work in the background. Any thread may watch and cancel it; its driver alone works on it.

    Attributes:
        progress: How far it is.
        seconds: Worked on it so far, other jobs and waiting for a training excluded.
        asked: When somebody looked at it last.
        fault: What went wrong, once it has.

    Args:
        words: What is being done, until it tells more.
        clock: Seconds, from any start.
    """

    def __init__(self, words: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.progress = Progress(words=words)
        self.asked = clock()
        self.fault: PlaygroundError | None = None
        self._clock, self._pace = clock, Pace(clock)
        self._result: T | None = None
        self._cancelled, self._over = threading.Event(), threading.Event()

    # --------------------------------------------------------------------------- whoever watches

    @property
    def is_over(self) -> bool:
        """Whether `result` has something to say."""
        return self._over.is_set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants it to end, or did."""
        return self._cancelled.is_set()

    @property
    def failed(self) -> bool:
        """Whether nothing will come of it: it was cancelled, or ended with a fault."""
        return self.is_cancelled or self.fault is not None

    @property
    def seconds(self) -> float:
        """Worked on it so far."""
        return self._pace.seconds

    def keep_alive(self) -> None:
        """Somebody looks at it: it goes on."""
        self.asked = self._clock()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a while, or to its end, and say whether it is over."""
        return self._over.wait(seconds)

    def finished(self) -> T:
        """Wait to its end, and return its result.

        Raises:
            PlaygroundError: As `result`.
        """
        while not self.wait(1.0):
            self.keep_alive()
        return self.result()

    def result(self) -> T:
        """What came out.

        Raises:
            PlaygroundError: What went wrong, or that it was cancelled.
        """
        if self.fault is not None:
            raise self.fault.with_traceback(None)  # or it grew each time
        if self.is_cancelled:
            raise RunError("It was cancelled.")
        return cast(T, self._result)

    def cancel(self) -> None:
        """End it soon; what is kept stays. Nothing to one that is over."""
        if not self.is_over:
            self._cancelled.set()

    # ------------------------------------------------------------------------------ whoever works

    def report(self, fraction: float, words: str | None = None) -> None:
        """Tell how far the work is, and what it does if that has changed.

        Raises:
            CancelledError: It has to end.
        """
        self.check()
        words = self.progress.words if words is None else words
        self.progress = Progress(fraction, words, self._pace.left(fraction))

    def check(self) -> None:
        """Go on.

        Raises:
            CancelledError: It has to end.
        """
        if self.is_cancelled or threads.is_ending():
            raise CancelledError

    def rest(self) -> None:
        """Wait a moment.

        Raises:
            CancelledError: It has to end.
        """
        self._cancelled.wait(_LOOK_UP)
        self.check()

    def wait_while(self, busy: Callable[[], bool], words: str) -> None:
        """Do nothing while something more important goes on. The time does not count.

        Raises:
            CancelledError: It has to end.
        """
        before, began = self.progress.words, self._clock()
        while busy():
            self.progress = replace(self.progress, words=words, seconds_left=None)
            self.rest()
        self.progress = replace(self.progress, words=before)
        self.idle(self._clock() - began)

    def idle(self, seconds: float) -> None:
        """Nobody worked on it for so long: that does not count."""
        self._pace.skip(seconds)

    # ----------------------------------------------------------------------------- whoever drives

    def finish(self, result: T) -> None:
        """It is over, and this came out."""
        self._result = result
        self.progress = replace(self.progress, fraction=1.0)
        self._end()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Work on it: whatever is raised ends it, and becomes its fault."""
        try:
            yield
        except CancelledError:
            self.cancel()
            self._end()
        except PlaygroundError as error:
            self._fail(error)
        except OSError as error:
            self._fail(RunError(f"The disk refused: {error.strerror or error}."))
        except Exception as error:  # it must take nothing else with it
            logger.exception("a background job failed")
            self._fail(RunError(f"An unexpected fault ended it ({type(error).__name__}: {error})."))

    def _fail(self, fault: PlaygroundError) -> None:
        self.fault = fault
        self._end()

    def _end(self) -> None:
        self.progress = replace(self.progress, seconds_left=None)
        self._over.set()
