"""Commands in processes of their own, with the memory they took."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playground.errors import RunError

# A process inherits the peak memory of the one that started it: Linux counts what was there before the new program
# took over. So a small process stands between us, who hold images and torch, and the one that is weighed.
_WEIGH = """
import subprocess, sys
status = subprocess.call(sys.argv[1:])
try:
    import resource
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
except ImportError:
    peak = 0
print(peak)
sys.exit(status)
"""
_TO_MEGABYTES = 1e-6 if sys.platform == "darwin" else 1024e-6  # macOS counts bytes, Linux KiB


@dataclass(frozen=True)
class TrainingFinished:
    """A command that ended well: the last line it wrote, and its peak memory in MB (10^6 bytes).

    `peak_memory_mb` is the largest resident size; None where the system does not tell (Windows).
    """

    last_line: str
    peak_memory_mb: float | None


def peak_memory_mb() -> float | None:
    """Largest resident size of this very process until now, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _TO_MEGABYTES


def run(
    command: Sequence[str], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> TrainingFinished:
    """Run a Python command, such as ["-m", "playground", "runs"], with this interpreter, to its end.

    Args:
        command: What follows the interpreter.
        folder: Where it runs; here if not given.
        environment: Variables besides those of this process.

    Raises:
        RunError: It ended with a fault; the sentence has the last line it wrote to standard error.
    """
    ended = subprocess.run(
        [sys.executable, "-S", "-c", _WEIGH, sys.executable, *command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    *lines, peak = ended.stdout.splitlines() or ["0"]
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["it said nothing"]
        raise RunError(f"`python {' '.join(command)}` ended with status {ended.returncode}: {said[-1]}")
    return TrainingFinished(lines[-1] if lines else "", int(peak) * _TO_MEGABYTES or None)
