"""The network of a generated script. Its modules have the names of ours: the weights of one fit the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

from torch import nn

from playground.experiment.architecture import Architecture
from playground.experiment.modules import SeededDropout
from playground.export.source import Source
from playground.network.build import GlobalPool, blueprint

_LONGEST = 88  # letters of a line


def _conv(conv: Any) -> str:
    words = [f"{conv.in_channels}, {conv.out_channels}, {conv.kernel_size[0]}"]
    if conv.stride[0] != 1:
        words.append(f"stride={conv.stride[0]}")
    padding = conv.padding if isinstance(conv.padding, str) else conv.padding[0]
    if padding:
        words.append(f"padding={padding!r}")
    if conv.bias is None:
        words.append("bias=False")
    return f"nn.Conv2d({', '.join(words)})"


_MODULES: Mapping[type[nn.Module], Callable[[Any], str]] = {
    nn.Conv2d: _conv,
    nn.Linear: lambda m: (
        f"nn.Linear({m.in_features}, {m.out_features}{'' if m.bias is not None else ', bias=False'})"
    ),
    nn.BatchNorm1d: lambda m: f"nn.BatchNorm1d({m.num_features})",
    nn.BatchNorm2d: lambda m: f"nn.BatchNorm2d({m.num_features})",
    nn.MaxPool2d: lambda m: f"nn.MaxPool2d({m.kernel_size})",
    nn.AvgPool2d: lambda m: f"nn.AvgPool2d({m.kernel_size})",
    GlobalPool: lambda m: (
        f"named(pool=nn.Adaptive{'Avg' if m.reduce == 'average' else 'Max'}Pool2d(1), flatten=nn.Flatten())"
    ),
    SeededDropout: lambda m: f"nn.Dropout({m.probability})",
}


def _written(module: nn.Module, source: Source) -> str:
    kind = type(module)
    if isinstance(module, nn.Sequential):
        return _call("named", [f"{name}={_written(each, source)}" for name, each in module.named_children()])
    if kind in _MODULES:
        return _MODULES[kind](module)
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
