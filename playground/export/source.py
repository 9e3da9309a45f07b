"""Functions and classes of ours in a generated script: their very source, with all that it needs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

_Imports = dict[str, tuple[str, str | None]]  # by the name here: the module, and the name there if there is one


class Source:
    """Definitions of a script, each once and behind those that it needs, and what they import from elsewhere.

    What is taken is a function or class at the top of a module. What it names there comes along: functions,
    classes and constants, also through imports from our own modules. An import of another library in a function
    becomes one of the script.
    """

    def __init__(self) -> None:
        self._definitions: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._imports: set[tuple[str, str | None]] = set()

    def take(self, thing: Any) -> str:
        """Take a function or class; its name in the script.

        Raises:
            ValueError: Something else has been taken by the name of what is needed.
        """
        name = str(thing.__name__)
        self._take(sys.modules[thing.__module__], name)
        return name

    @property
    def text(self) -> str:
        """The definitions, two blank lines before each."""
        return "".join(self._definitions.values())

    def imports(self, more: Iterable[tuple[str, str | None]] = ()) -> str:
        """Import statements for the definitions and for `more`: a module, and the name from it if there is one."""
        every = {*self._imports, *more}
        lines = {f"import {module}" for module, name in every if name is None}
        for module in {module for module, name in every if name is not None}:
            names = sorted({name for owner, name in every if owner == module and name is not None}, key=_sorting)
            lines.add(f"from {module} import {', '.join(names)}")
        own = {line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
        return "\n\n".join("\n".join(sorted(each, key=_statement)) for each in (own, lines - own) if each)

    def _take(self, module: ModuleType, name: str) -> None:
        if name in self._owners:
            if self._owners[name] != module.__name__:
                raise ValueError(f"{name} is in {self._owners[name]} and in {module.__name__}")
            return
        text = inspect.getsource(module)
        tree = ast.parse(text)
        node = _definition(tree, name)
        self._owners |= dict.fromkeys(_bound(node), module.__name__)
        imported, own = _imported(tree.body), _names(tree)
        for needed in dict.fromkeys(each.id for each in ast.walk(node) if isinstance(each, ast.Name)):
            if needed in imported:
                self._import(needed, *imported[needed])
            elif needed in own and needed != name:
                self._take(module, needed)
        inner = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
        for here, there in _imported(inner).items():
            self._import(here, *there)
        lines = text.splitlines()
        dropped = {number for each in inner for number in range(each.lineno, (each.end_lineno or 0) + 1)}
        self._definitions[name] = _written(node, lines, dropped)

    def _import(self, here: str, module: str, there: str | None) -> None:
        if module.partition(".")[0] == "playground" and there is not None:
            self._take(import_module(module), there)
        elif there is None:
            self._imports.add((module if module == here else f"{module} as {here}", None))
        else:
            self._imports.add((module, there if there == here else f"{there} as {here}"))


def _sorting(name: str) -> tuple[bool, str]:
    return not name[0].isupper(), name


def _statement(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _imported(body: Iterable[ast.stmt | ast.AST]) -> _Imports:
    """What is imported by a module's statements, also where that is for the annotations alone."""
    found: _Imports = {}
    for node in body:
        if isinstance(node, ast.Import):
            found |= {each.asname or each.name: (each.name, None) for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {each.asname or each.name: (node.module, each.name) for each in node.names}
        elif isinstance(node, ast.If):
            found |= _imported(node.body)
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _names(tree: ast.Module) -> set[str]:
    return {name for node in tree.body for name in _bound(node)}


def _definition(tree: ast.Module, name: str) -> ast.stmt:
    return next(node for node in tree.body if name in _bound(node))


def _written(node: ast.stmt, lines: list[str], dropped: set[int]) -> str:
    """The lines of a definition without imports in it and without remarks for a type checker."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    kept = [lines[number - 1] for number in range(first, (node.end_lineno or first) + 1) if number not in dropped]
    text = re.sub(r"  # type: ignore\[[\w, -]+\]", "", "\n".join(kept))
    return f"\n\n{text}\n"
