"""A command in a process: its lines, its fault, standing still, being killed."""

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patience import until

from playground.errors import RunError
from playground.system.job_process import run_for
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob

COUNT = """
import os, sys, time
print(os.getpid(), sys.stdin.read(), os.environ["WORD"], flush=True)
for number in range(10**6):
    print(number, flush=True)
    time.sleep(0.01)
"""


class Runs:
    """Commands that a job runs, and the lines they wrote."""

    def __init__(self) -> None:
        self.lines, self.busy = list[str](), threading.Event()
        self.jobs = list[BackgroundJob[str]]()

    def start(self, code: str, given: bytes = b"") -> BackgroundJob[str]:
        def work(job: BackgroundJob[str]) -> str:
            return run_for(
                job, "It", ["-c", code], given, self.lines.append, self.busy.is_set, "It stands still",
                environment={"WORD": "word"},
            )  # fmt: skip

        self.jobs.append(JobThread[str]("test").start(work, "It runs"))
        return self.jobs[-1]


@pytest.fixture
def runs() -> Iterator[Runs]:
    made = Runs()
    yield made
    for job in made.jobs:
        job.cancel()
        assert job.wait(60)


def is_gone(pid: str) -> Callable[[], bool]:
    return lambda: not Path(f"/proc/{pid}").exists()


def test_its_lines_are_read_and_the_last_is_returned(runs: Runs) -> None:
    job = runs.start("import sys; print('first'); print(sys.stdin.read().upper())", b"last")
    assert job.finished() == "LAST"
    assert runs.lines == ["first", "LAST"]


def test_a_fault_is_a_sentence(runs: Runs) -> None:
    with pytest.raises(RunError, match=r"It ended with status 1: ValueError: no\."):
        runs.start("raise ValueError('no')").finished()
    with pytest.raises(RunError, match=r"It ended with status 3: it said nothing\."):
        runs.start("import sys; sys.exit(3)").finished()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
def test_it_is_killed_when_its_job_is_cancelled(runs: Runs) -> None:
    job = runs.start(COUNT, b"given")
    until(lambda: "3" in runs.lines)
    pid, given, word = runs.lines[0].split()
    assert (given, word) == ("given", "word")
    job.cancel()
    assert job.wait(60)
    assert job.failed
    until(is_gone(pid))


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="here no process can be made to stand still")
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads the state of a process from /proc")
def test_it_stands_still_while_something_is_trained(runs: Runs) -> None:
    job = runs.start(COUNT)
    until(lambda: "3" in runs.lines)
    state = Path(f"/proc/{runs.lines[0].split()[0]}/stat")

    def is_stopped() -> bool:
        return state.read_text().rsplit(")", 1)[1].split()[0] == "T"

    runs.busy.set()
    until(is_stopped)
    until(lambda: job.progress.words == "It stands still")
    runs.busy.clear()
    until(lambda: not is_stopped())
    until(lambda: job.progress.words == "It runs")
    said = len(runs.lines)
    until(lambda: len(runs.lines) > said + 3)
    runs.busy.set()
    until(is_stopped)
    job.cancel()
    assert job.wait(60), "one that stands still is killed, too"
