"""Scripts that measure: run one with `python -m tools.benchmarks.NAME`; docs/benchmarks.md has what they found."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [
    str(ROOT / "tests" / "helpers"),
    str(ROOT / "tests" / "e2e"),
]  # what tests share, the scripts use, too
