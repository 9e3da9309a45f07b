"""t-SNE in the background: a process of the lowest priority that stands still while a network is trained.

scikit-learn tells how far t-SNE is by lines on standard output and in no other way; those of a process of its own
are ours to read. So one run of it is one run, not several that start where the last one broke off.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from playground.errors import PlaygroundError, RunError
from playground.interpret.embedding import ITERATIONS, Neighbourhoods, Points
from playground.system import threads

_STEP = re.compile(r"\[t-SNE\] Iteration (\d+): error = .* \((\d+) iterations in ([0-9.]+)s\)")
_LOOK_UP = 0.2  # seconds between two looks at whether a network is trained
_PACES = 3  # reports over which the pace is averaged
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ROOT = Path(__file__).resolve().parents[2]


class Tsne:
    """One t-SNE that is being worked out. Any thread may look at it.

    Attributes:
        iterations: How many are done, of ITERATIONS.
        is_held: Whether it stands still because a network is trained.

    Args:
        scores, start, perplexity: As `neighbourhoods` takes them.
        busy: Whether a network is trained.
        turn: Held while it works: so many processes there may be at a time.
    """

    def __init__(
        self,
        scores: Points,
        start: Points,
        perplexity: float,
        busy: Callable[[], bool],
        turn: threading.Semaphore,
        iterations: int = ITERATIONS,
    ) -> None:
        self.iterations, self.is_held = 0, False
        self._given = {"scores": scores, "start": start, "perplexity": perplexity, "iterations": iterations}
        self._all, self._busy, self._turn = iterations, busy, turn
        self._paces: deque[float] = deque(maxlen=_PACES)  # seconds an iteration
        self.process: subprocess.Popen[bytes] | None = None
        self._cancelled, self._over = threading.Event(), threading.Event()
        self._result: Neighbourhoods | None = None
        self._fault: PlaygroundError | None = None
        threads.start(self._work, "t-SNE", wake=self.cancel)

    @property
    def is_over(self) -> bool:
        """Whether `result` has something to say."""
        return self._over.is_set()

    @property
    def came_to_nothing(self) -> bool:
        """Whether it was given up, or ended with a fault."""
        return self._cancelled.is_set() or self._fault is not None

    @property
    def fraction(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.iterations / self._all

    @property
    def seconds_left(self) -> float | None:
        """By the pace of the last iterations, once there were some."""
        paces = tuple(self._paces)
        return sum(paces) / len(paces) * (self._all - self.iterations) if paces else None

    def cancel(self) -> None:
        """Give it up, at once. Nothing to one that is over."""
        if self.is_over:
            return
        self._cancelled.set()
        if (process := self.process) is not None:
            process.kill()

    def wait(self, seconds: float) -> bool:
        """Wait for a while, and say whether it is over."""
        return self._over.wait(seconds)

    def result(self) -> Neighbourhoods | None:
        """What came out; None if it was cancelled.

        Raises:
            RunError: The process ended with a fault.
        """
        if self._fault is not None:
            raise self._fault
        return self._result

    # ---------------------------------------------------------------------------- its own thread

    def _work(self) -> None:
        try:
            while not self._turn.acquire(timeout=_LOOK_UP):
                if self._cancelled.is_set():
                    return
            try:
                self._hold_while_busy()
                if not self._cancelled.is_set():
                    self._result = self._laid_out()
            finally:
                self._turn.release()
        except PlaygroundError as error:
            self._fault = error
        except OSError as error:
            self._fault = RunError(f"t-SNE could not be started: {error.strerror or error}.")
        finally:
            self._over.set()

    def _laid_out(self) -> Neighbourhoods | None:
        with _started() as process:
            self.process = process
            if self._cancelled.is_set():  # in between
                process.kill()
            watcher = threads.start(lambda: self._stand_still_while_busy(process), "t-SNE's brake")
            last = self._read(process)
            status = process.wait()
        watcher.join()
        if self._cancelled.is_set():
            return None
        if status:
            raise RunError(f"t-SNE ended with status {status}: {last or 'it said nothing'}. Try fewer images.")
        found = json.loads(last)
        points = np.frombuffer(base64.b64decode(found.pop("points")), np.float32).reshape(-1, 2)
        return Neighbourhoods(points, **found)

    def _read(self, process: subprocess.Popen[bytes]) -> str:
        """Give it its input, note its progress, and return the last line it writes."""
        assert process.stdin is not None
        assert process.stdout is not None
        file, last = io.BytesIO(), ""
        np.savez(file, **self._given)  # type: ignore[arg-type]
        try:
            process.stdin.write(file.getvalue())
            process.stdin.close()
        except BrokenPipeError:  # it was killed, or could not start: its last line says why
            pass
        for line in process.stdout:
            last = line.decode(errors="replace").strip()
            if step := _STEP.match(last):
                self.iterations = int(step[1])
                self._paces.append(float(step[3]) / int(step[2]))
        return last

    def _hold_while_busy(self) -> None:
        while self._busy() and not self._cancelled.is_set() and not threads.is_ending():
            self.is_held = True
            threads.sleep(_LOOK_UP)
        self.is_held = False

    def _stand_still_while_busy(self, process: subprocess.Popen[bytes]) -> None:
        """Where a process can be made to stand still; elsewhere its low priority has to do."""
        while process.poll() is None:
            if self._busy() and hasattr(signal, "SIGSTOP"):
                process.send_signal(signal.SIGSTOP)
                self._hold_while_busy()
                self._paces.clear()  # the time of the pause would count
                process.send_signal(signal.SIGCONT)
            threads.sleep(_LOOK_UP)


def _started() -> subprocess.Popen[bytes]:
    """The process, which waits for its input."""
    return subprocess.Popen(
        [sys.executable, "-m", "playground.analysis.tsne_worker"],
        cwd=_ROOT,
        env={**os.environ, **_ONE_THREAD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0),  # Windows; elsewhere it is modest itself
    )
