"""What is known of each type of PyTorch module that layers are made of, in one place.

The layer table, the generated script, the part of the image that a value sees and its arithmetic read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.experiment.layers import same_rule
from playground.experiment.modules import ACTIVATIONS, SeededDropout
from playground.network.build import GlobalPool

Row = tuple[str, str]  # what is done, and the size rule worked out, empty where sizes do not change so
Reach = tuple[int, int, int]  # kernel, stride, and padding before the map
Position = tuple[int, ...]  # (row, column) in a map; () of a unit
Step = tuple[str, float, Position]  # a formula with numbers, what comes out, and where it lies now


@dataclass(frozen=True, eq=False)
class Value:
    """One value on its way: its channel, its position, and the whole map that it is in, float64 [c, h, w]."""

    value: float
    channel: int
    position: Position
    map: NDArray[np.float64]


@dataclass(frozen=True)
class ModuleType:
    """What is known of a type of module.

    Attributes:
        row: Of the layer table, from a module and what enters it, [1, ...]; None where it is element-wise and is
            named behind the row before it.
        script: How a generated script makes it; None where it needs no arguments.
        reach: What one value of its output sees.
        name: What a step of it is called; empty where it is called as its class.
        step: What it does with one value; None where that is not worked out.
    """

    row: Callable[[Any, Tensor], Row] | None = None
    script: Callable[[Any], str] | None = None
    reach: Callable[[Any], Reach] = lambda _: (1, 1, 0)
    name: str = ""
    step: Callable[[Any, Value], Step] | None = None


def type_of(module: nn.Module) -> ModuleType:
    """What is known of a module's type; of one that is not in `MODULE_TYPES`, nothing."""
    return MODULE_TYPES.get(type(module), ModuleType())


# --------------------------------------------------------------------------- rows and what they see


def _pair(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]


def _conv_row(conv: nn.Conv2d, before: Tensor) -> Row:
    kernel, stride, side = _pair(conv.kernel_size), _pair(conv.stride), before.shape[-1]
    words = f"convolution {kernel}x{kernel}, {conv.out_channels} channels"
    words += f", stride {stride}" if stride > 1 else ""
    if conv.padding == "same":
        return words + _same_words(kernel), same_rule(side, kernel)
    padding = _pair(conv.padding)  # type: ignore[arg-type]
    words += f", padding {padding}" if padding else ""
    output = (side + 2 * padding - kernel) // stride + 1
    if stride == 1:
        return words, f"{side} + 2·{padding} − {kernel} + 1 = {output}"
    return words, f"({side} + 2·{padding} − {kernel}) / {stride} + 1 = {output}"


def _same_words(kernel: int) -> str:
    """An even kernel cannot have as many rows (and columns) added before the map as behind it."""
    before, behind = (kernel - 1) // 2, kernel // 2
    return ", same padding" if before == behind else f", same padding ({before} before, {behind} behind)"


def _pool_row(kind: str) -> Callable[[nn.MaxPool2d | nn.AvgPool2d, Tensor], Row]:
    def row(pool: nn.MaxPool2d | nn.AvgPool2d, before: Tensor) -> Row:
        size, side = _pair(pool.kernel_size), before.shape[-1]
        output = (side - size) // size + 1
        return f"{kind} pooling {size}x{size}", f"({side} − {size}) / {size} + 1 = {output}"

    return row


def _flatten_row(_: nn.Flatten, before: Tensor) -> Row:
    channels, side = before.shape[1], before.shape[-1]
    return "flatten", f"{channels} · {side} · {side} = {channels * side * side}"


def padding_before(conv: nn.Conv2d) -> int:
    """Rows of zeros before the map: of an even kernel with "same" padding there is one less than behind it."""
    return (conv.kernel_size[0] - 1) // 2 if isinstance(conv.padding, str) else conv.padding[0]


def _conv_reach(conv: nn.Conv2d) -> Reach:
    return _pair(conv.kernel_size), _pair(conv.stride), padding_before(conv)


def _pool_reach(pool: nn.MaxPool2d | nn.AvgPool2d) -> Reach:
    return _pair(pool.kernel_size), _pair(pool.kernel_size), 0


# ---------------------------------------------------------------------------------------- scripts


def _conv_script(conv: Any) -> str:
    words = [f"{conv.in_channels}, {conv.out_channels}, {conv.kernel_size[0]}"]
    if conv.stride[0] != 1:
        words.append(f"stride={conv.stride[0]}")
    padding = conv.padding if isinstance(conv.padding, str) else conv.padding[0]
    if padding:
        words.append(f"padding={padding!r}")
    if conv.bias is None:
        words.append("bias=False")
    return f"nn.Conv2d({', '.join(words)})"


# ------------------------------------------------------------------------------------- arithmetic


def signed(value: float) -> str:
    """A number behind an operator: in brackets where it is negative."""
    return f"({value:.4g})" if value < 0 else f"{value:.4g}"


def _norm_step(module: nn.BatchNorm1d | nn.BatchNorm2d, at: Value) -> Step:
    assert module.running_mean is not None
    assert module.running_var is not None
    each = (module.running_mean, module.running_var, module.weight, module.bias)
    mean, variance, weight, bias = (float(values[at.channel]) for values in each)
    value = (at.value - mean) / (variance + module.eps) ** 0.5 * weight + bias
    normalised = f"({at.value:.4g} − {signed(mean)}) / √({variance:.4g} + {module.eps:g})"
    return f"{normalised} · {signed(weight)} + {signed(bias)}", value, at.position


def _pool_step(reduce: Callable[..., float], word: str) -> Callable[[nn.MaxPool2d | nn.AvgPool2d, Value], Step]:
    def step(module: nn.MaxPool2d | nn.AvgPool2d, at: Value) -> Step:
        size = int(module.kernel_size)  # type: ignore[arg-type]  # ours are square
        row, column = (each // size for each in at.position)
        window = at.map[at.channel, row * size : (row + 1) * size, column * size : (column + 1) * size]
        numbers = ", ".join(f"{each:.4g}" for each in window.flat)
        return f"{word}({numbers})", float(reduce(window)), (row, column)

    return step


def _elementwise_step(words: str, function: Callable[[Tensor], Tensor]) -> Callable[[nn.Module, Value], Step]:
    def step(_: nn.Module, at: Value) -> Step:
        value = float(function(torch.tensor(at.value, dtype=torch.float64)))
        return words.format(v=f"{at.value:.4g}"), value, at.position

    return step


_ELEMENTWISE: Mapping[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "relu": ("max(0, {v})", lambda v: v.clamp(min=0)),
    "leaky_relu": ("{v}, and 0.01 of it below 0", lambda v: torch.where(v > 0, v, 0.01 * v)),
    "gelu": ("v · Φ(v) at v = {v}", lambda v: v * (1 + torch.erf(v / 2**0.5)) / 2),
    "silu": ("v / (1 + e^−v) at v = {v}", lambda v: v / (1 + torch.exp(-v))),
    "tanh": ("tanh({v})", lambda v: torch.tanh(v)),
    "sigmoid": ("1 / (1 + e^−v) at v = {v}", lambda v: 1 / (1 + torch.exp(-v))),
}


def _pool_type(kind: str, module: str, reduce: Callable[..., float], word: str) -> ModuleType:
    return ModuleType(
        row=_pool_row(kind),
        script=lambda m: f"nn.{module}({m.kernel_size})",
        reach=_pool_reach,
        name=f"{kind} pooling",
        step=_pool_step(reduce, word),
    )


def _norm_type(module: str) -> ModuleType:
    return ModuleType(
        row=lambda *_: ("batch norm", ""),
        script=lambda m: f"nn.{module}({m.num_features})",
        name="batch norm",
        step=_norm_step,
    )


MODULE_TYPES: Mapping[type[nn.Module], ModuleType] = {
    nn.Conv2d: ModuleType(row=_conv_row, script=_conv_script, reach=_conv_reach),
    nn.MaxPool2d: _pool_type("max", "MaxPool2d", np.max, "max"),
    nn.AvgPool2d: _pool_type("average", "AvgPool2d", np.mean, "mean"),
    nn.BatchNorm1d: _norm_type("BatchNorm1d"),
    nn.BatchNorm2d: _norm_type("BatchNorm2d"),
    nn.Flatten: ModuleType(row=_flatten_row),
    GlobalPool: ModuleType(
        row=lambda m, _: (f"{m.reduce} of each map", "one number a map"),
        script=lambda m: (
            f"named(pool=nn.Adaptive{'Avg' if m.reduce == 'average' else 'Max'}Pool2d(1), flatten=nn.Flatten())"
        ),
    ),
    nn.Linear: ModuleType(
        row=lambda m, _: (f"dense, {m.out_features} units", ""),
        script=lambda m: (
            f"nn.Linear({m.in_features}, {m.out_features}{'' if m.bias is not None else ', bias=False'})"
        ),
    ),
    SeededDropout: ModuleType(script=lambda m: f"nn.Dropout({m.probability})"),
    **{
        type(make()): ModuleType(step=_elementwise_step(*_ELEMENTWISE[name]))
        for name, make in ACTIVATIONS.items()
        if make is not None
    },
}
