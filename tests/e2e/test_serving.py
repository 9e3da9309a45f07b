"""The server of these tests: it leaves no process behind, and its log tells whose fault something was."""

import io
import json
import os
import subprocess
import traceback
from pathlib import Path

import pytest
from rich.console import Console
from rich.traceback import Traceback
from serving import Server, own_faults


def children() -> set[str]:
    """The processes that this one started and that are still there."""
    listed = subprocess.run(["ps", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {pid for pid, parent, name in rows if int(parent) == os.getpid() and name != "ps"}


def test_a_server_that_does_not_answer_is_ended(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(AssertionError, match="did not answer within 0 seconds"):
        Server(tmp_path / "playground", patience=0.0)
    assert children() == before


def framed(error: Exception) -> str:
    """As Streamlit writes it where Rich is installed."""
    file = io.StringIO()
    drawn = Traceback.from_exception(type(error), error, error.__traceback__)
    Console(file=file, width=40).print(drawn)
    return file.getvalue()


@pytest.mark.parametrize("written", [framed, lambda error: "".join(traceback.format_exception(error))])
def test_a_fault_is_ours_if_the_way_to_it_leads_through_our_files(written) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    ours = caught.value
    theirs = json.JSONDecodeError("Expecting", "{", 1).with_traceback(ours.__traceback__.tb_next)
    log = f"Local URL\n{written(theirs)}Stopping\n{written(ours)}Stopped\n"
    assert len(own_faults(log)) == 1
    assert own_faults(written(theirs)) == own_faults("Local URL\n") == []
