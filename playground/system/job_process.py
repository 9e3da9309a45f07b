"""Drives a command in a process, for the thread of a job: it stands still while a network is trained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playground.errors import RunError
from playground.system import threads
from playground.system.jobs import BackgroundJob, CancelledError


def run_for(
    job: BackgroundJob[Any],
    name: str,
    command: Sequence[str],
    given: bytes,
    read_line: Callable[[str], None],
    busy: Callable[[], bool],
    held: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a Python command, such as ["-m", "playground"], with this interpreter; return the last line it wrote.

    Args:
        job: Whom it works for. If that is cancelled the process is killed.
        name: What it is called in sentences, such as "t-SNE".
        given: Its standard input.
        read_line: Told every line that it writes, while it works.
        busy: Whether it has to stand still, where the system can do that; elsewhere a low priority has to do.
        held: What the job says meanwhile.
        folder: Where it runs; here if not given.
        environment: Variables besides those of this process.

    Raises:
        CancelledError: The job has to end.
        RunError: It could not be started, or ended with a fault; the sentence has the last line it wrote.
    """
    try:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0),  # Windows; elsewhere it is modest itself
        )
    except OSError as error:
        raise RunError(f"{name} could not be started: {error.strerror or error}.") from error
    with process:
        watcher = threads.start(lambda: _watch(job, process, busy, held), f"{name}'s brake")
        last = _talk(process, given, read_line)
        status = process.wait()
    watcher.join()
    job.check()
    if status:
        raise RunError(f"{name} ended with status {status}: {last or 'it said nothing'}.")
    return last


def _talk(process: subprocess.Popen[bytes], given: bytes, read_line: Callable[[str], None]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    last = ""
    try:
        process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:  # it was killed, or could not start: its last line says why
        pass
    for line in process.stdout:
        last = line.decode(errors="replace").strip()
        read_line(last)
    return last


def _watch(job: BackgroundJob[Any], process: subprocess.Popen[bytes], busy: Callable[[], bool], held: str) -> None:
    """Let it stand still while something is trained, and kill it if its job has to end."""
    try:
        while process.poll() is None:
            if busy() and hasattr(signal, "SIGSTOP"):
                process.send_signal(signal.SIGSTOP)
                job.wait_while(busy, held)
                process.send_signal(signal.SIGCONT)
            job.rest()
    except CancelledError:
        process.kill()
