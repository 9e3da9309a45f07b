"""What CONTRIBUTING.md says of the tree is so."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_package_has_a_line_in_the_table() -> None:
    folders = {
        f"playground/{each.name}"
        for each in (ROOT / "playground").iterdir()
        if each.is_dir() and each.name != "__pycache__"
    }
    listed = re.findall(r"^\| `(playground/\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(listed) == sorted(folders)


def test_what_it_says_to_run_before_landing_is_what_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for check in ("ruff check .", "ruff format --check .", "mypy --strict playground", "lint-imports"):
        assert f".venv/bin/{check}" in TEXT
        assert f".venv/bin/{check}\n" in ci
    (scripts,) = re.findall(r"(tools/node_modules/\S+ .*)", TEXT)
    assert f"{scripts}\n" in ci
