"""Commands in processes of their own: what they say and what they take."""

import re
import sys
from pathlib import Path

import pytest

from playground.errors import RunError
from playground.system.processes import peak_memory_mb, run

weighed = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's peak memory")


def test_the_last_line_is_returned(tmp_path: Path):
    assert run(["-c", "print('one'); print('two')"]).last_line == "two"
    assert run(["-c", "pass"]).last_line == ""
    code = "import os; print(os.getcwd(), os.environ['GIVEN'])"
    assert run(["-c", code], tmp_path, {"GIVEN": "yes"}).last_line == f"{tmp_path.resolve()} yes"


@weighed
def test_the_memory_is_that_of_the_command_and_not_ours():
    held = bytearray(b"1") * 150_000_000
    small = run(["-c", "pass"]).peak_memory_mb
    large = run(["-c", "held = bytearray(b'1') * 100_000_000"]).peak_memory_mb
    ours = peak_memory_mb()
    assert ours is not None
    assert small is not None
    assert large is not None
    assert ours > len(held) / 1e6
    assert small < 60
    assert 95 < large - small < 105


def test_a_fault_is_a_sentence_with_its_last_line():
    with pytest.raises(RunError, match=re.escape("`python -c 1/0` ended with status 1: ZeroDivisionError")):
        run(["-c", "1/0"])
    with pytest.raises(RunError, match="ended with status 3: it said nothing"):
        run(["-c", "raise SystemExit(3)"])
