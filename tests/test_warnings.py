"""A terminal is told our sentences, and nothing that a library says to programmers."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVEN = {
    "architecture": {"layers": [{"kind": "conv", "channels": 2, "kernel": 4, "padding": "same", "pool": "max"}]},
    "training": {"epochs": 1},
    "data": {"fraction": 0.01},
}


def said(*call: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "always", "-m", "playground", *call], cwd=ROOT, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_training_that_pytorch_warns_of(home: Path, tmp_path: Path) -> None:
    """An even kernel with "same" padding, and every warning that Python knows of asked for."""
    file = tmp_path / "even.json"
    file.write_text(json.dumps(EVEN))
    lines = said("train", str(file))
    assert "epoch 1/1: loss " in lines
    for word in ("Warning", "warn(", ".py:", "Triggered internally"):
        assert word not in lines
