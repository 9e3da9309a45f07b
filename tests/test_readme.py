"""What the README tells people to type is what CI runs and what the command line knows."""

import re
from pathlib import Path

from playground.cli import cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command():
    (command,) = (line for line in README.splitlines() if " .venv/bin/pytest " in line)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_start_command_installs_and_runs():
    (command,) = (
        line for line in README.splitlines() if line.endswith(".venv/bin/streamlit run streamlit_app.py")
    )
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && ")


def test_every_call_of_the_command_line_is_in_the_readme():
    assert set(re.findall(r"-m playground (\w+)", README)) == set(cli.commands)


def test_every_variable_is_in_the_readme():
    from playground.lab.settings import Settings

    assert set(re.findall(r"`(PLAYGROUND_\w+)`", README)) == {
        f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields
    }
