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
from torch.autograd.graph import increment_version

from playground.network import kernels

Values = npt.NDArray[np.float64]  # one a channel
Rows = npt.NDArray[Any]  # [n, h, w * c]
Norm = tuple[npt.NDArray[np.float32], ...]  # weight, bias, running mean and running variance, one a channel


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
        return _pass(maps, self, learning=False)[0]

    def trained(self, maps: Tensor) -> Tensor:
        """[n, c, h, w] -> [n, c, h // size, w // size], as in training.

        The maps must be a convolution's, which nobody else needs: where batch norm comes first, their gradient is
        written over them if they lie channels last.
        """
        parameters = (self.norm.weight, self.norm.bias) if self.norm else (None, None)
        out: Tensor = _Fused.apply(maps, self, *parameters)
        return out


def tail_of(modules: Sequence[nn.Module]) -> tuple[Tail | None, int]:
    """What the first modules behind a convolution come to, and how many; None and 0 if it does not pay.

    They are made as `build_network` makes them: pooling without padding, batch norm with all that it can have.
    """
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
    wanted = torch.get_num_threads()
    try:
        _pass(torch.zeros(1, 1, 1, 1), Tail(None, 0.0, 1, pool_first=False), learning=False)
    except ValueError:  # no such threading layer
        return False
    finally:
        torch.set_num_threads(wanted)  # Numba's first start sets OpenMP's number, which is PyTorch's too
    return True


def compile_all(dtype: torch.dtype = torch.float32) -> None:
    """Have every loop compiled for maps of a kind: seconds the first time on a machine, later read from disk."""
    if not kernels_run():
        return
    tail, _ = tail_of([nn.BatchNorm2d(1), nn.MaxPool2d(2)])
    assert tail is not None
    maps = torch.zeros(2, 1, 2, 2, dtype=dtype, requires_grad=True)
    tail.trained(maps).sum().backward()  # type: ignore[no-untyped-call]


def _use_as_many_threads_as_torch() -> None:
    started: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # no more can be used
    numba.set_num_threads(min(torch.get_num_threads(), started))


def _kept_as(maps: Tensor) -> torch.dtype:
    return torch.uint16 if maps.dtype == torch.bfloat16 else maps.dtype  # NumPy has no bfloat16


def _rows(maps: Tensor) -> Rows:
    """[n, c, h, w] -> [n, h, w * c], a view where they lie channels last; bfloat16 as its bits."""
    images, channels, height, width = maps.shape
    flat = maps.detach().permute(0, 2, 3, 1).view(_kept_as(maps)).contiguous()
    rows: Rows = flat.numpy().reshape(images, height, width * channels)
    return rows


def _new(like: Tensor, height: int, width: int) -> Rows:
    """Rows of maps [n, c, height, width] with nothing in them yet."""
    images, channels = like.shape[:2]
    flat = torch.empty((images, height, width * channels), dtype=_kept_as(like))
    rows: Rows = flat.numpy()
    return rows


def _maps(rows: Rows, like: Tensor) -> Tensor:
    """[n, h, w * c] -> [n, c, h, w], a view."""
    (images, height, row), channels = rows.shape, like.shape[1]
    flat = torch.from_numpy(rows).view(like.dtype)
    return flat.view(images, height, row // channels, channels).permute(0, 3, 1, 2)


_NO_PLACES = np.empty((1, 1, 1), np.uint8)


@lru_cache(maxsize=64)
def _no_norm(channels: int) -> Norm:
    """What changes nothing."""
    ones, zeros = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    return ones, zeros, zeros, ones


def _numbers(norm: nn.BatchNorm2d) -> Norm:
    """Its parameters and running statistics themselves, no copies."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    values = norm.weight, norm.bias, norm.running_mean, norm.running_var
    return tuple(each.detach().numpy() for each in values)


def _pass(maps: Tensor, tail: Tail, learning: bool) -> tuple[Tensor, tuple[Rows, Rows, Values]]:
    """[n, c, h, w] -> [n, c, h // size, w // size]; and pooled, places and affine of `kernels.forward`."""
    _use_as_many_threads_as_torch()
    rows, (channels, height, width) = _rows(maps), maps.shape[1:]
    result = _new(maps, height // tail.size, width // tail.size)
    pooled, places, affine = rows, _NO_PLACES, np.empty((4, channels))
    if tail.size > 1:
        pooled, places = np.empty_like(result), np.empty(result.shape, np.uint8)
    norm, momentum, epsilon = _no_norm(channels), 0.0, 0.0
    if tail.norm is not None:
        assert tail.norm.momentum is not None
        norm, momentum, epsilon = _numbers(tail.norm), tail.norm.momentum, tail.norm.eps
    how = tail.size, tail.needs_full_map, norm, learning and tail.norm is not None, momentum, epsilon, tail.slope
    kernels.forward(rows, *how, pooled, places, result, affine)
    return _maps(result, maps), (pooled, places, affine)


class _Fused(torch.autograd.Function):
    """A tail, and its gradient. The norm's parameters are handed over for autograd alone."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, tail: Tail, *_: Tensor | None) -> Tensor:
        out, ctx.kept = _pass(maps, tail, learning=True)
        ctx.tail, ctx.side = tail, maps.shape[2:]
        ctx.save_for_backward(maps if tail.needs_full_map or tail.size == 1 else None)
        if tail.norm is not None:
            assert tail.norm.num_batches_tracked is not None
            tail.norm.num_batches_tracked.add_(1)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, above: Tensor) -> tuple[Tensor | None, ...]:
        _use_as_many_threads_as_torch()
        tail, (maps,), (pooled, places, affine) = ctx.tail, ctx.saved_tensors, ctx.kept
        below = _new(above, *ctx.side) if maps is None else _rows(maps)
        of_weight, of_bias = torch.empty((2, above.shape[1])).unbind()
        full, normed = tail.needs_full_map, tail.norm is not None
        rows = pooled, places, below, of_weight.numpy(), of_bias.numpy()
        kernels.backward(_rows(above), tail.size, full, normed, tail.slope, affine, *rows)
        if maps is not None and maps.data_ptr() == below.ctypes.data:
            increment_version(maps)  # whoever else needs the maps, or this gradient again, is told so by autograd
        return _maps(below, above), None, *((of_weight, of_bias) if normed else (None, None))
