"""Mutated pictures in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A process begins with the peak of the one that started it, on Linux: so a small one stands between.
BETWEEN = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
@pytest.mark.parametrize("count", [400, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_mutant_ends_in_a_prediction_or_a_sentence(home: Path, count: int) -> None:
    fuzz = [sys.executable, "-W", "ignore", "-m", "tools.benchmarks.fuzz", str(count)]
    done = subprocess.run([sys.executable, "-c", BETWEEN, *fuzz], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["predicted"] + found["refused"] == count
    assert min(found["predicted"], found["refused"]) > count / 10
    assert found["peak_mb"] < 1500
