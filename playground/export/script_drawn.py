"""The part of a generated script that draws garments: the very code that draws them here."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from types import ModuleType

from playground.data.classes import SIDE
from playground.data.synthetic import bags, bank, buttoned, lower, luggage, render, sandals, sheet, shoes, tops

_MODULES = (sheet, tops, buttoned, lower, shoes, sandals, luggage, bags, render, bank)
"""In an order in which each needs only those before it."""
_HEAD = """

# From here to main, garments are drawn as people draw them, made up at random.
{imports}

SIDE = {side}
"""
_GARMENTS = """

@cache
def garments():
    return torch.from_numpy(drawn_garments(EACH)).to(device)
"""


@cache
def drawing() -> str:
    """All that `augment` needs to put drawn garments in the place of images."""
    imports, bodies = {"from functools import cache"}, list[str]()
    for module in _MODULES:
        needed, body = _parts(module)
        imports |= needed
        bodies.append(body)
    return "".join([_HEAD.format(imports="\n".join(sorted(imports)), side=SIDE), *bodies, _GARMENTS])


def _parts(module: ModuleType) -> tuple[set[str], str]:
    """What a module imports from elsewhere, a line for each name, and its code below that."""
    text = inspect.getsource(module)
    head = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    elsewhere = set[str]()
    for node in head:
        source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
        if not source.startswith(("from __future__", "from playground")):
            elsewhere |= {f"{source}import {ast.unparse(name)}" for name in node.names}
    below = text.splitlines(keepends=True)[head[-1].end_lineno :]
    return elsewhere, f"\n\n{''.join(below).strip()}\n"
