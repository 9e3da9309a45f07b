"""What a screen may name before torch is loaded."""

import subprocess
import sys
from pathlib import Path

from playground.data.classes import CLASS_NAMES, CLASSES

ROOT = Path(__file__).parents[2]
CORE = ("architecture", "classes", "events", "experiment", "presets", "run", "schedule", "training", "variants")
SERVICES = ("artifacts", "datasets", "jobs", "lab", "settings")
QUICK = [f"playground.core.{name}" for name in CORE] + [f"playground.services.{name}" for name in SERVICES]
SLOW = ("torch", "sklearn", "scipy")


def test_ten_names() -> None:
    assert len(set(CLASS_NAMES)) == CLASSES == 10


def test_what_the_screen_needs_first_waits_for_no_large_library() -> None:
    code = f"import sys, {', '.join(QUICK)}; print(*[name for name in {SLOW} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
