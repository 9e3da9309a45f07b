"""Freed memory stays with the process."""

import subprocess
import sys

import pytest

from playground.system.memory import keep_freed_memory

FAULTS = """
import resource, torch
from playground.system.memory import keep_freed_memory
if {kept}:
    assert keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def batch():
    held = [torch.ones(9_000_000) for _ in range(3)]  # 36 MB each, as the first map of a large batch
for _ in range(8):
    batch()
before = faults()
for _ in range(10):
    batch()
print((faults() - before) // 10)
"""


def faults_a_batch(kept: bool) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS.format(kept=kept)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not keep_freed_memory(), reason="not the GNU C library")
def test_pages_are_not_fetched_again_for_every_batch() -> None:
    assert faults_a_batch(kept=True) < 1000
    assert faults_a_batch(kept=False) > 10_000  # else there is nothing to mend, and this can go
