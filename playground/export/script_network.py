"""The network of a generated script. Its modules have the names of ours: the weights of one fit the other."""

from __future__ import annotations

import inspect
from textwrap import indent

from torch import nn

from playground.experiment.architecture import Architecture
from playground.export.source import Source
from playground.network.build import blueprint
from playground.network.module_types import type_of

_LONGEST = 88  # letters of a line


def _written(module: nn.Module, source: Source) -> str:
    kind = type(module)
    if isinstance(module, nn.Sequential):
        return _call("named", [f"{name}={_written(each, source)}" for name, each in module.named_children()])
    if write := type_of(module).script:
        return write(module)
    if getattr(nn, kind.__name__, None) is kind:
        return f"nn.{kind.__name__}()"
    given = [getattr(module, name) for name in inspect.signature(kind).parameters]
    arguments = [_written(each, source) if isinstance(each, nn.Module) else repr(each) for each in given]
    return _call(source.take(kind), arguments)


def _call(function: str, arguments: list[str]) -> str:
    """On one line, or where that gets long with an argument a line."""
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= _LONGEST and "\n" not in line:
        return line
    lines = "\n".join(f"{each}," for each in arguments)
    return f"{function}(\n{indent(lines, ' ' * 4)}\n)"


_NAMED = '''

def named(**modules):
    """Modules one after the other; their weights are called after them, as in weights.safetensors of an export."""
    return nn.Sequential(OrderedDict(modules))
'''


def network(architecture: Architecture, source: Source) -> str:
    """A function that builds it; the modules of ours in it are taken into the source."""
    whole = indent(f"return {_written(blueprint(architecture), source)}", " " * 4)
    return f"{_NAMED}\n\ndef network():\n{whole}\n"
