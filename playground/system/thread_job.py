"""Heavy work in the background that goes on whether anybody looks or not, with progress, until it is cancelled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.errors import PlaygroundError
from playground.system import threads

logger = logging.getLogger(__name__)
_LOOK_UP = 0.2  # seconds


@dataclass(frozen=True)
class Progress:
    """How far the work is.

    Attributes:
        running: Whether it goes on.
        share: Of the work that is done, 0 to 1.
        doing: What is being done, in words.
        seconds_left: None where nobody knows.
        fault: Why it ended early; empty if it did not.
    """

    running: bool = False
    share: float = 0.0
    doing: str = ""
    seconds_left: float | None = None
    fault: str = ""


class CancelledError(BaseException):
    """Somebody wants the work to end. Raised by `ThreadJob.report` and `ThreadJob.wait_while`."""


class ThreadJob:
    """Work that any thread may start, watch and cancel.

    Args:
        name: Of its thread.
        clock: Seconds, from any start.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._starting = threading.Lock()
        self._cancel = threading.Event()
        self._began = (0.0, 0.0)  # when, and at which share: what was done in an earlier life does not count
        self.progress = Progress()

    def start(self, work: Callable[[], None]) -> None:
        """Begin in a thread of its own; nothing if it is under way."""
        with self._starting:
            if self.progress.running:
                return
            self._cancel.clear()
            self._began = (self._clock(), -1.0)
            self.progress = Progress(running=True)
        threads.start(lambda: self._run(work), self._name, wake=self._cancel.set)

    def cancel(self) -> None:
        """End soon; what is kept stays."""
        self._cancel.set()

    def report(self, share: float, doing: str, seconds_left: float | None = None) -> None:
        """Tell how far the work is; without `seconds_left` they are judged by the pace so far.

        Raises:
            Cancelled: It has to end.
        """
        self._look()
        began, at = self._began
        if at < 0:
            self._began = (self._clock(), share)
        elif seconds_left is None and share > at:
            seconds_left = (self._clock() - began) / (share - at) * (1 - share)
        self.progress = replace(self.progress, share=share, doing=doing, seconds_left=seconds_left)

    def wait_while(self, busy: Callable[[], bool], doing: str) -> None:
        """Do nothing while something more important goes on. The time does not count.

        Raises:
            Cancelled: It has to end.
        """
        asked = self._clock()
        while busy():
            self.progress = replace(self.progress, doing=doing, seconds_left=None)
            self.rest()
        self._began = (self._began[0] + self._clock() - asked, self._began[1])

    def rest(self) -> None:
        """Wait a moment.

        Raises:
            Cancelled: It has to end.
        """
        self._cancel.wait(_LOOK_UP)
        self._look()

    def _look(self) -> None:
        if self._cancel.is_set() or threads.is_ending():
            raise CancelledError

    def _run(self, work: Callable[[], None]) -> None:
        fault = ""
        try:
            work()
        except CancelledError:
            fault = "Cancelled. What was done is kept."
        except PlaygroundError as error:
            fault = str(error)
        except OSError as error:
            fault = f"The disk refused: {error.strerror or error}."
        except Exception as error:
            logger.exception("%s failed", self._name)
            fault = f"An unexpected fault ended it ({type(error).__name__}: {error})."
        self.progress = replace(self.progress, running=False, seconds_left=None, fault=fault)
