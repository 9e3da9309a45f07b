"""What a screen may name before torch is loaded."""

import subprocess
import sys
from pathlib import Path

from playground.data.classes import CLASS_NAMES, CLASSES

ROOT = Path(__file__).parents[2]
QUICK = [
    f"playground.{name}"
    for name in (
        "data.classes",
        "data.sources.datasets",
        "experiment.architecture",
        "experiment.experiment",
        "experiment.presets",
        "experiment.training",
        "experiment.variants",
        "training.events",
        "training.record",
        "training.schedule",
        "runs.writer",
        "lab.job",
        "lab.lab",
        "lab.settings",
    )
]
SLOW = ("torch", "sklearn", "scipy")


def test_ten_names() -> None:
    assert len(set(CLASS_NAMES)) == CLASSES == 10


def test_what_the_screen_needs_first_waits_for_no_large_library() -> None:
    code = f"import sys, {', '.join(QUICK)}; print(*[name for name in {SLOW} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
