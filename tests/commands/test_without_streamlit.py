"""The command line where the app's packages are missing: nothing that it reaches imports them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mirror import CLOSED

ROOT = Path(__file__).parents[2]
PICTURE = str(ROOT / "tests" / "icons" / "tabler--shirt.png")
OF_THE_APP = [
    line.partition(">")[0].replace("-", "_")
    for line in (ROOT / "requirements-app.txt").read_text().splitlines()
    if not line.startswith("#")
]
MISSING = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {OF_THE_APP}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


def ran(code: str) -> subprocess.CompletedProcess[str]:
    """What became of Python code in a process that finds none of the app's packages."""
    return subprocess.run([sys.executable, "-c", MISSING + code], cwd=ROOT, capture_output=True, text=True)


def documents(*calls: list[str]) -> list[dict[str, Any]]:
    """What calls of the command line, one after the other in one such process, say in JSON."""
    done = ran(
        "from playground.cli import main\n"
        f"for call in {calls!r}:\n"
        "    sys.argv = ['playground', *call, '--json']\n"
        "    main()\n"
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("package", ["streamlit", "streamlit_drawable_canvas", "plotly"])
def test_the_apps_packages_are_missing_here(package: str) -> None:
    """Or the other test would say nothing."""
    assert f"No module named '{package}'" in ran(f"import {package}").stderr


def test_a_run_is_trained_listed_asked_and_exported(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, CLOSED)
    small = ("--set", "data.fraction=0.02", "--set", "training.epochs=1")
    presets, trained = documents(["presets"], ["train", "mlp-baseline", *small])
    assert "quick" in [preset["name"] for preset in presets["presets"]]
    assert trained["state"] == "done"
    run = trained["run"]
    listed, shown, asked, exported = documents(
        ["runs"], ["show", run], ["predict", run, PICTURE], ["export", run, str(tmp_path)]
    )
    assert run in [each["run"] for each in listed["runs"]]
    assert len(shown["classes"]) == 10
    assert sum(asked["predictions"][0]["probabilities"].values()) == pytest.approx(1)
    assert exported["files"] == [str(tmp_path / f"{run}.zip")]
