"""Paths, names and links in the documentation exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("tests/*/README.md"),
        *ROOT.glob("playground/assets/**/*.md"),
    )
)
MADE_LATER = {
    # by a run, in its folder
    "run.json", "about.json", "curve.jsonl", "curve.json", "manifest.json", "weights.safetensors",
    # by an export
    "prepare/", "train.py", "verify.py",
    # by a person
    "fashion-mnist_train.csv", "fashion-mnist_test.csv",
}  # fmt: skip
ENDINGS = "py|md|txt|toml|json|csv|css|js|png|zip|safetensors"
PATH = re.compile(rf"`([\w.-]+/[\w./*-]*|[\w-]+\.(?:{ENDINGS}))(?:::[^`]*)?`")
NAME_IN_FILE = re.compile(r"((?:`\w+`(?:, | and )?)+) in\s+`(playground/[\w/]+\.py)`")


def lines_of(file: Path) -> list[str]:
    """All but what stands between fences: commands."""
    return re.sub(r"(?ms)^```.*?^```", "", file.read_text(encoding="utf-8")).splitlines()


def anchors(file: Path) -> set[str]:
    """Headings as GitHub makes addresses of them."""
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def named(document: Path) -> list[str]:
    return [path for line in lines_of(document) for path in PATH.findall(line) if path not in MADE_LATER]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_path_exists(document: Path) -> None:
    missing = [
        path
        for path in named(document)
        if not any((folder / path).exists() or list(folder.glob(path)) for folder in (ROOT, document.parent))
    ]
    assert missing == []


def test_many_paths_are_found() -> None:
    assert len(named(ROOT / "docs" / "architecture.md")) > 100
    assert len(named(ROOT / "CONTRIBUTING.md")) > 40


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    missing = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", "\n".join(lines_of(document))):
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    assert missing == []


def test_every_name_is_in_its_file() -> None:
    found = [
        (name, file)
        for document in DOCUMENTS
        for names, file in NAME_IN_FILE.findall("\n".join(lines_of(document)))
        for name in re.findall(r"\w+", names.replace(" and ", " "))
    ]
    assert len(found) > 5
    missing = [
        (name, file)
        for name, file in found
        if not re.search(
            rf"^\s*(def|class) {name}\b|^{name}\b.* = ", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    assert missing == []


def test_architecture_leads_to_every_page() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    scripts = sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("pages/scripts/*.py"))
    assert [script for script in scripts if f"`{script}`" not in text] == []
