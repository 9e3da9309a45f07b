"""A process ends in peace while its threads are at work."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys, time
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import load_settings

lab = Lab(load_settings())
run = lab.trainer.start(PRESETS["quick"].experiment.changed({"training.epochs": 500, "data.fraction": 0.1}))
while not lab.library.snapshot(run).step:
    time.sleep(0.01)
if sys.argv[1] == "paused":
    lab.trainer.pause(run)
    while lab.library.run(run).state.value != "paused":
        time.sleep(0.01)
elif sys.argv[1] == "fetching":
    lab.datasets.start_fetching()
print(run)
"""


@pytest.mark.parametrize("doing", [pytest.param("running", marks=pytest.mark.slow), "paused", "fetching"])
def test_a_process_ends_without_a_fault_in_the_middle_of_a_training(home, doing: str):
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, doing], capture_output=True, text=True, timeout=300, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    listed = subprocess.run(
        [sys.executable, "-m", "playground", "runs", "--json"], capture_output=True, text=True, check=True
    )
    assert f'"run": "{ended.stdout.strip()}"' in listed.stdout
    assert '"state": "interrupted"' in listed.stdout
