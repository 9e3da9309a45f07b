"""A component's JavaScript and CSS.

They lie beside its module: `gallery.js` and `gallery.css` beside `gallery.py`. Streamlit takes each as one text,
and in it a browser could resolve no relative import. What a file imports from a neighbour is put before it, once:
`import { csv } from "./saving.js";` and `@import "./saving.css";`, each on one line. All names at the top level of
the files in one bundle must differ.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^(?:import \{[^}]*\} from|@import) "(\./[\w./]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|async function|const)", re.MULTILINE)


def script(module: str) -> str:
    """The JavaScript beside a Python module, whose `__file__` this is, with all it imports."""
    return _EXPORT.sub("", "".join(_with_imports(Path(module).with_suffix(".js"))))


def style(module: str) -> str:
    """The CSS beside a Python module, whose `__file__` this is, with all it imports."""
    return "".join(_with_imports(Path(module).with_suffix(".css")))


def _with_imports(file: Path) -> list[str]:
    """The texts of a file and of all it imports without their imports, each once, after those it needs."""
    texts: dict[Path, str] = {}

    def read(file: Path) -> None:
        if file in texts:
            return
        text = file.read_text("utf-8")
        for neighbour in _IMPORT.findall(text):
            read(file.parent / neighbour)
        texts[file] = _IMPORT.sub("", text)

    read(file)
    return list(texts.values())
