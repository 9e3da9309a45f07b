"""What follows a convolution, in few passes over its maps: batch norm, ReLU and max-pooling as one operation.

For g >= 0, max(relu(g x + b)) = relu(g max(x) + b), and for g < 0 the same holds with the smallest x. So pooling
can come before the normalisation, which then works on a quarter of the values; only the batch's statistics and one
pass of the backward need the full map. PyTorch's own modules are the reference in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from playground.core import kernels

Values = npt.NDArray[np.float64]  # one a channel
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tail:
    """The modules behind a convolution that are done in one: [pool] -> [norm] -> [rectifier] -> [pool].

    Attributes:
        slope: Of the rectifier for values below 0: ReLU 0, no rectifier 1.
        size: Side of the max-pooling's window; 1 pools nothing.
        pool_first: Pooling comes before batch norm, whose statistics are then those of the pooled map.
    """

    norm: nn.BatchNorm2d | None
    slope: float
    size: int
    pool_first: bool

    @property
    def needs_full_map(self) -> bool:
        """Batch norm stands between the map and its pooling."""
        return self.norm is not None and self.size > 1 and not self.pool_first

    def evaluated(self, maps: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, c, h // size, w // size], as in evaluation, without a gradient."""
        _use_as_many_threads_as_torch()
        affine = _as_remembered(self.norm) if self.norm else _nothing_changed(maps.shape[1])
        pooled, _ = _pooled(maps, self)
        out = _empty(maps, pooled.shape)
        kernels.rectify(_rows(pooled), *affine.known(self, out.shape[3]), _rows(out))
        return out

    def trained(self, maps: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, c, h // size, w // size], as in training."""
        parameters = (self.norm.weight, self.norm.bias) if self.norm else (None, None)
        out: Tensor = _Fused.apply(maps, self, *parameters)
        return out


def tail_of(modules: Sequence[nn.Module]) -> tuple[Tail | None, int]:
    """What the first modules behind a convolution come to, and how many; None and 0 if it does not pay."""
    left = list(modules)

    def take(kind: type[nn.Module] | tuple[type[nn.Module], ...]) -> Any:
        return left.pop(0) if left and isinstance(left[0], kind) else None

    first, norm, rectifier = take(nn.MaxPool2d), take(nn.BatchNorm2d), take((nn.ReLU, nn.LeakyReLU))
    last = None if first else take(nn.MaxPool2d)
    pool = first or last
    if norm is None and pool is None:
        return None, 0
    slope = getattr(rectifier, "negative_slope", 0.0) if rectifier else 1.0
    tail = Tail(norm, slope, pool.kernel_size if pool else 1, pool_first=first is not None)
    return tail, len(modules) - len(left)


def can_fuse(maps: Tensor) -> bool:
    """Whether the compiled loops can work on these maps, here."""
    return maps.device.type == "cpu" and maps.dtype in (torch.float32, torch.bfloat16) and kernels_run()


@cache
def kernels_run() -> bool:
    """Whether there is a way to share out work that several Python threads may use at once (OpenMP or TBB)."""
    nothing, row = np.zeros((1, 1, 1), np.float32), np.zeros(1, np.float32)
    wanted = torch.get_num_threads()
    try:
        kernels.rectify(nothing, row, row, np.float32(0), nothing)
    except ValueError:  # no such threading layer
        return False
    finally:
        torch.set_num_threads(wanted)  # Numba's first start sets OpenMP's number, which is PyTorch's too
    return True


def compile_all(dtype: torch.dtype = torch.float32) -> None:
    """Have every loop compiled for maps of a kind: seconds the first time on a machine, later read from disk."""
    if not kernels_run():
        return
    behind = (
        [nn.BatchNorm2d(1), nn.ReLU()],
        [nn.BatchNorm2d(1), nn.MaxPool2d(2)],
        [nn.MaxPool2d(2), nn.BatchNorm2d(1)],
    )
    for modules in behind:
        tail, _ = tail_of(modules)
        assert tail is not None
        maps = torch.zeros(2, 1, 2, 2, dtype=dtype, requires_grad=True)
        tail.trained(maps).sum().backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            tail.evaluated(maps)


def _use_as_many_threads_as_torch() -> None:
    started: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # no more can be used
    numba.set_num_threads(min(torch.get_num_threads(), started))


def _rows(maps: Tensor) -> npt.NDArray[Any]:
    """[n, c, h, w] -> [n, h, w * c], a view where they lie channels last; bfloat16 as its bits."""
    images, channels, height, width = maps.shape
    flat = maps.detach().permute(0, 2, 3, 1)
    flat = (flat.view(torch.uint16) if flat.dtype == torch.bfloat16 else flat).contiguous()
    return flat.numpy().reshape(images, height, width * channels)


def _empty(like: Tensor, shape: Sequence[int], dtype: torch.dtype | None = None) -> Tensor:
    return torch.empty(tuple(shape), dtype=dtype or like.dtype, memory_format=torch.channels_last)


def _row(values: Values, width: int) -> Rows:
    """One value a channel -> the same for every pixel of a row."""
    row = np.empty((width, len(values)), np.float32)  # np.tile takes several times as long
    row[:] = values
    return row.reshape(-1)


def _sums(values: Rows) -> Values:
    """[n, c] -> [c]."""
    return np.asarray(values.sum(0, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class _Affine:
    """u = scale * maps + shift, a value a channel, with the batch's statistics that it was made of."""

    mean: Values
    deviation: Values
    scale: Values
    shift: Values

    def known(self, tail: Tail, width: int) -> tuple[Rows, Rows, np.float32]:
        """What the loops need to go through the rectifier again."""
        return _row(self.scale, width), _row(self.shift, width), np.float32(tail.slope)


def _nothing_changed(channels: int) -> _Affine:
    return _Affine(np.zeros(channels), np.ones(channels), np.ones(channels), np.zeros(channels))


def _normed(norm: nn.BatchNorm2d, means: Rows, squares: Rows, count: int) -> _Affine:
    """Batch norm of `count` values a channel, put together from the images' moments (Chan et al. 1979)."""
    mean = means.mean(0, dtype=np.float64)
    variance = _sums(squares) / count + ((means - mean) ** 2).mean(0)
    _remember(norm, mean, variance * count / (count - 1))
    return _with_statistics(norm, mean, variance)


def _as_remembered(norm: nn.BatchNorm2d) -> _Affine:
    """Batch norm with its running statistics."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return _with_statistics(norm, _numbers(norm.running_mean), _numbers(norm.running_var))


def _with_statistics(norm: nn.BatchNorm2d, mean: Values, variance: Values) -> _Affine:
    deviation = np.sqrt(variance + norm.eps)
    scale = _numbers(norm.weight) / deviation
    return _Affine(mean, deviation, scale, _numbers(norm.bias) - mean * scale)


def _numbers(values: Tensor) -> Values:
    return values.detach().double().numpy()


def _remember(norm: nn.BatchNorm2d, mean: Values, unbiased: Values) -> None:
    """Let the running statistics follow, as PyTorch does."""
    for running, new in ((norm.running_mean, mean), (norm.running_var, unbiased)):
        assert running is not None
        assert norm.momentum is not None
        running.lerp_(torch.from_numpy(new).float(), norm.momentum)
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked += 1


# A training that diverges is told so by its loss, not by warnings of NumPy.
_silently = np.errstate(all="ignore")


class _Fused(torch.autograd.Function):
    """A tail, and its gradient. The norm's parameters are handed over for autograd alone."""

    @staticmethod
    @_silently
    def forward(ctx: Any, maps: Tensor, tail: Tail, *_: Tensor | None) -> Tensor:
        _use_as_many_threads_as_torch()
        images, channels = maps.shape[:2]
        moments = np.empty((2, images, channels), np.float32)
        pooled, places = _pooled(maps, tail, moments if tail.needs_full_map else None)
        affine = _nothing_changed(channels)
        if tail.norm is not None:
            if not tail.needs_full_map:
                kernels.moments(_rows(pooled), *moments)
            count = (maps if tail.needs_full_map else pooled).numel() // channels
            affine = _normed(tail.norm, moments[0], moments[1], count)
        out = _empty(maps, pooled.shape)
        kernels.rectify(_rows(pooled), *affine.known(tail, pooled.shape[3]), _rows(out))
        ctx.save_for_backward(maps if tail.needs_full_map else None, pooled, places)
        ctx.tail, ctx.affine, ctx.shape = tail, affine, maps.shape
        return out

    @staticmethod
    @once_differentiable
    @_silently
    def backward(ctx: Any, above: Tensor) -> tuple[Tensor | None, ...]:
        _use_as_many_threads_as_torch()
        tail, affine, (maps, pooled, places) = ctx.tail, ctx.affine, ctx.saved_tensors
        channels, row = ctx.shape[1], pooled.shape[3]
        constant = linear = np.zeros(channels)  # what batch norm adds to the gradient: constant + linear * x
        of_weight = of_bias = None
        if tail.norm is not None:
            normed = maps if tail.needs_full_map else pooled
            of_weight, of_bias = _norm_gradients(above, pooled, tail, affine)
            share = affine.scale / (normed.numel() // channels)
            linear = -share * of_weight.double().numpy() / affine.deviation
            constant = -share * of_bias.double().numpy() - affine.mean * linear
        whole = _empty(above, ctx.shape)
        if tail.needs_full_map:
            back = _rows(above), _rows(pooled), _rows(places), *affine.known(tail, row)
            added = _row(constant, ctx.shape[3]), _row(linear, ctx.shape[3])
            kernels.unpool_onto(*back, *_windows(tail, pooled), _rows(maps), *added, _rows(whole))
            return whole, None, of_weight, of_bias
        before = whole if tail.size == 1 else _empty(above, pooled.shape)
        added = _row(constant, row), _row(linear, row)
        kernels.gradient(_rows(above), _rows(pooled), *affine.known(tail, row), *added, _rows(before))
        if tail.size > 1:
            kernels.unpool(_rows(before), _rows(places), *_windows(tail, pooled), _rows(whole))
        return whole, None, of_weight, of_bias


def _pooled(maps: Tensor, tail: Tail, moments: Rows | None = None) -> tuple[Tensor, Tensor | None]:
    """Maps pooled, each value's place in its window, and the moments of the full map where they are asked for.

    Where batch norm stands between the maps and their pooling, and turns their order round, the smallest count.
    """
    images, channels, height, width = maps.shape
    if tail.size == 1:
        return maps, None
    shape = images, channels, height // tail.size, width // tail.size
    pooled, places = _empty(maps, shape), _empty(maps, shape, torch.uint8)
    signs = np.ones(channels)
    if tail.norm is not None and tail.needs_full_map:
        signs = np.where(_numbers(tail.norm.weight) < 0, -1.0, 1.0)
    where = _row(signs, shape[3] * tail.size), tail.size, channels, _rows(pooled), _rows(places)
    if moments is None:
        kernels.pool(_rows(maps), *where)
    else:
        kernels.pool_with_moments(_rows(maps), *where, *moments)
    return pooled, places


def _norm_gradients(above: Tensor, pooled: Tensor, tail: Tail, affine: _Affine) -> tuple[Tensor, Tensor]:
    """Gradients of a norm's weight and bias; where pooling comes behind it, only the chosen values count."""
    images, channels, _, row = pooled.shape
    plain, weighted = np.empty((2, images, channels), np.float32)
    known = affine.known(tail, row)
    kernels.gradient_sums(_rows(above), _rows(pooled), *known, _row(affine.mean, row), plain, weighted)
    of_weight, of_bias = _sums(weighted) / affine.deviation, _sums(plain)
    return torch.from_numpy(of_weight).float(), torch.from_numpy(of_bias).float()


def _windows(tail: Tail, pooled: Tensor) -> tuple[int, int, Rows]:
    """Size, channels, and the column that each value of a row has in its window."""
    _, channels, _, row = pooled.shape
    return tail.size, channels, _columns(tail.size, channels, row)


@lru_cache(maxsize=64)
def _columns(size: int, channels: int, windows: int) -> Rows:
    return np.tile(np.repeat(np.arange(size, dtype=np.float32), channels), windows)
