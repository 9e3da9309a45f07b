"""docs/numbers.md: what it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "Confusion", "Failures", "Doubtful labels", "Inside: Maps", "Inside: One value", "Inside: Attributions",
    "Inside: Top images", "Inside: Ablation", "Inside: Statistics", "Map", "Coach", "Predict", "Runs",
}  # fmt: skip
TEXT = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| number ")
]


def names_in(file: Path) -> set[str]:
    """Functions, classes and constants of a module, and those of its classes as `Class.name`."""

    def found(body: list[ast.stmt], within: str = "") -> set[str]:
        names = set()
        for each in body:
            if isinstance(each, ast.FunctionDef | ast.ClassDef):
                names.add(f"{within}{each.name}")
            targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
            names |= {f"{within}{target.id}" for target in targets if isinstance(target, ast.Name)}
            if isinstance(each, ast.ClassDef):
                names |= found(each.body, f"{within}{each.name}.")
        return names

    return found(ast.parse(file.read_text(encoding="utf-8")).body)


def module_and_name(dotted: str) -> tuple[Path, str]:
    """`package.module.Class.name` as the module's file and the rest."""
    parts = dotted.split(".")
    for end in range(1, len(parts)):
        file = ROOT.joinpath("playground", *parts[:end]).with_suffix(".py")
        if file.is_file():
            return file, ".".join(parts[end:])
    raise AssertionError(f"{dotted} names no module")


def test_every_page_has_its_table():
    assert set(re.findall(r"^## (.+)$", TEXT, re.MULTILINE)) == PAGES
    assert len(ROWS) > 100


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row: tuple[str, ...]):
    _, made_by, reference, tests = row
    assert reference
    for name in named(made_by):
        file, what = module_and_name(name)
        assert what in names_in(file), name
    for test in named(tests):
        file, *within = test.split("::")
        assert ".".join(within) in names_in(ROOT / file), test
        assert within[-1].startswith("test_")


def named(cell: str) -> list[str]:
    """All that stands between backticks; there has to be something."""
    found = re.findall(r"`([^`]+)`", cell)
    assert found
    return found
