"""A component's JavaScript and CSS: one text of each, with all it imports."""

import re
from pathlib import Path

import pytest

from playground.app.components.bundle import script, style

APP = Path(__file__).resolve().parents[2] / "playground" / "app"
SCRIPTS = [file for file in APP.rglob("*.js") if file.with_suffix(".py").exists() and file.stem != "saving"]


def test_what_two_files_import_is_there_once_and_before_them(tmp_path: Path) -> None:
    (tmp_path / "numbers.js").write_text("const two = 2;\nexport function three() {\n  return two + 1;\n}\n")
    (tmp_path / "sums.js").write_text('import { three } from "./numbers.js";\nexport const six = three() + 3;\n')
    (tmp_path / "part.js").write_text(
        'import { three } from "./numbers.js";\nimport { six } from "./sums.js";\nexport default [three(), six];\n'
    )
    assert script(str(tmp_path / "part.py")) == (
        "const two = 2;\nfunction three() {\n  return two + 1;\n}\nconst six = three() + 3;\n"
        "export default [three(), six];\n"
    )


def test_a_style_is_put_before_the_one_that_imports_it(tmp_path: Path) -> None:
    (tmp_path / "saving.css").write_text(".saving {\n}\n")
    (tmp_path / "part.css").write_text('@import "./saving.css";\n.part {\n}\n')
    assert style(str(tmp_path / "part.py")) == ".saving {\n}\n.part {\n}\n"


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_no_import_is_left_and_at_most_one_export(file: Path) -> None:
    text = script(str(file.with_suffix(".py")))
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert len(re.findall(r"^export\b", text, re.MULTILINE)) <= 1
    names = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", sorted(APP.rglob("*.css")), ids=lambda file: file.stem)
def test_no_import_is_left_in_a_style(file: Path) -> None:
    assert "@import" not in style(str(file.with_suffix(".py")))
