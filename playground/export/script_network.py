"""The network of a generated script. Its modules have the names of ours: the weights of one fit the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

from torch import nn

from playground.experiment.architecture import Architecture
from playground.network.build import GlobalPool, Residual, SeededDropout, blueprint

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


def _written(module: nn.Module) -> str:
    if isinstance(module, Residual):
        return _call("Residual", [_written(module.branch)])
    if isinstance(module, nn.Sequential):
        return _call("named", [f"{name}={_written(each)}" for name, each in module.named_children()])
    write = _MODULES.get(type(module))
    return write(module) if write else f"nn.{type(module).__name__}()"


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
_RESIDUAL = '''

class Residual(nn.Module):
    """x + f(x)."""

    def __init__(self, branch):
        super().__init__()
        self.branch = branch

    def forward(self, x):
        return x + self.branch(x)
'''


def network(architecture: Architecture) -> str:
    """A function that builds it."""
    residual = any(layer.kind == "residual" for layer in architecture.layers)
    whole = indent(f"return {_written(blueprint(architecture))}", " " * 4)
    return f"{_NAMED}{_RESIDUAL if residual else ''}\n\ndef network():\n{whole}\n"
