"""The network of a generated script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import indent
from typing import Any

from torch import nn

from playground.core.architecture import Architecture
from playground.core.network import GlobalPool, Residual, SeededDropout, blueprint


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
    GlobalPool: lambda m: f"nn.Adaptive{'Avg' if m.reduce == 'average' else 'Max'}Pool2d(1), nn.Flatten()",
    SeededDropout: lambda m: f"nn.Dropout({m.probability})",
}


def _written(module: nn.Module) -> str:
    write = _MODULES.get(type(module))
    return write(module) if write else f"nn.{type(module).__name__}()"


def _stages(architecture: Architecture) -> Iterator[str]:
    """A line for each layer with what follows it."""
    for stage in blueprint(architecture):
        if isinstance(stage, Residual):
            yield f"Residual({', '.join(map(_written, stage.branch.children()))}),"
        elif isinstance(stage, nn.Sequential):
            yield ", ".join(map(_written, stage)) + ","
        else:
            yield _written(stage) + ","


_RESIDUAL = '''
class Residual(nn.Sequential):
    """x + f(x)."""

    def forward(self, x):
        return x + super().forward(x)
'''


def network(architecture: Architecture) -> str:
    """A function that builds it."""
    residual = any(layer.kind == "residual" for layer in architecture.layers)
    lines = indent("\n".join(_stages(architecture)), " " * 8)
    return f"{_RESIDUAL if residual else ''}\n\ndef network():\n    return nn.Sequential(\n{lines}\n    )\n"
