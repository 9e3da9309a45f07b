"""t-SNE in the background: a process of the lowest priority that stands still while a network is trained.

scikit-learn tells how far t-SNE is by lines on standard output and in no other way; those of a process of its own
are ours to read. So one run of it is one run, not several that start where the last one broke off.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from playground.errors import RunError
from playground.interpret.embedding import ITERATIONS, Neighbourhoods, Points
from playground.system.job_process import run_for
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob

_STEP = re.compile(r"\[t-SNE\] Iteration (\d+): error")
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ROOT = Path(__file__).resolve().parents[2]
_HELD = "t-SNE stands still while a network is trained"

TsneJob = BackgroundJob[Neighbourhoods]


def start_tsne(
    scores: Points,
    start: Points,
    perplexity: float,
    busy: Callable[[], bool],
    turn: threading.Semaphore,
    iterations: int = ITERATIONS,
) -> TsneJob:
    """Begin one.

    Args:
        scores, start, perplexity, iterations: As `neighbourhoods` takes them.
        busy: Whether a network is trained.
        turn: Held while it works: so many processes there may be at a time.
    """
    file = io.BytesIO()
    np.savez(file, scores=scores, start=start, perplexity=perplexity, iterations=iterations)

    def work(job: TsneJob) -> Neighbourhoods:
        job.wait_while(lambda: not turn.acquire(blocking=False), "t-SNE waits until another one is done")
        try:
            job.wait_while(busy, _HELD)
            return _in_a_process(job, file.getvalue(), iterations, busy)
        finally:
            turn.release()

    return JobThread[Neighbourhoods]("t-SNE").start(work, "t-SNE looks for neighbours")


def _in_a_process(job: TsneJob, given: bytes, iterations: int, busy: Callable[[], bool]) -> Neighbourhoods:
    def read(line: str) -> None:
        if step := _STEP.match(line):
            done = int(step[1])
            job.report(done / iterations, f"t-SNE: {done:,} of {iterations:,} iterations")

    command = ["-m", "playground.analysis.tsne_worker"]
    try:
        last = run_for(job, "t-SNE", command, given, read, busy, _HELD, folder=_ROOT, environment=_ONE_THREAD)
    except RunError as error:
        raise RunError(f"{error} Try fewer images.") from error
    found = json.loads(last)
    points = np.frombuffer(base64.b64decode(found.pop("points")), np.float32).reshape(-1, 2)
    return Neighbourhoods(points, **found)
