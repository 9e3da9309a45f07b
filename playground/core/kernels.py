"""Loops over feature maps that PyTorch has no single operation for, compiled by Numba.

PyTorch reads and writes a map once for each of batch norm, activation and pooling, and as often again in the
backward pass. What is cheap to compute is expensive to fetch: these loops do as much as possible with a value
while it is at hand. Every map lies channels last, [n, h, w * c] with c contiguous, float32 or bfloat16 (its bits
as uint16); all arithmetic is float32.

Images are shared out to the threads, and sums over a batch are kept per image, for the caller to add up in one
order: the number of threads does not change a bit of the result.

All in one file: the compiled loops are kept on disk, and Numba looks at this file alone to see whether they are
still those of the source.
"""

from typing import Any

import numba
import numpy as np
from numba import njit, prange, types
from numba.extending import overload

numba.config.THREADING_LAYER = "threadsafe"  # type: ignore[attr-defined]  # several threads may train or be tested at the same time

# Contraction fuses a multiplication with an addition; nothing that changes what a NaN or an infinity does.
_INNER: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}}
_COMPILED: dict[str, Any] = {**_INNER, "parallel": True, "nogil": True, "cache": True}


def _get(values, at):
    """One value as float32, whatever it is kept in."""


def _put(values, at, value):
    """Keep one float32 value; bfloat16 rounds to the nearest, a half to the even one."""


@overload(_get)
def _compiled_get(values, at):  # noqa: ARG001  Numba compares the parameters with those of what it replaces
    if values.dtype == types.uint16:
        return lambda values, at: np.uint32(np.uint32(values[at]) << np.uint32(16)).view(np.float32)
    return lambda values, at: values[at]


@overload(_put)
def _compiled_put(values, at, value):  # noqa: ARG001
    def exactly(values, at, value):
        values[at] = value

    def rounded(values, at, value):
        bits = np.float32(value).view(np.uint32)
        up = np.uint32(bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        values[at] = np.uint16(up >> np.uint32(16)) if value == value else np.uint16(0x7FC0)  # else a NaN

    return rounded if values.dtype == types.uint16 else exactly


@njit(**_INNER)
def _moments_of(image, means, squares):
    """`moments` of one image [h, w * c]."""
    height, row_length = image.shape
    channels = len(means)
    middle, spread = np.zeros(row_length, np.float32), np.zeros(row_length, np.float32)
    for y in range(height):
        row = image[y]
        for j in range(row_length):
            middle[j] += _get(row, j)
    _add_up(middle, channels)
    for c in range(channels):
        middle[c] /= np.float32(height * row_length // channels)
        means[c] = middle[c]
    for x in range(channels, row_length, channels):
        for c in range(channels):
            middle[x + c] = middle[c]
    for y in range(height):
        row = image[y]
        for j in range(row_length):
            difference = _get(row, j) - middle[j]
            spread[j] += difference * difference
    _add_up(spread, channels)
    for c in range(channels):
        squares[c] = spread[c]


@njit(**_INNER)
def _add_up(row, channels):
    """A row [w * c] -> its sum over w, in its first c values."""
    for x in range(channels, len(row), channels):
        for c in range(channels):
            row[c] += row[x + c]


# Loops along a whole row are several times faster than loops over a pixel's channels. So windows are compared at
# every column, and those between two windows are thrown away. Places are float32, as wide as the values.


@njit(**_INNER)
def _largest_down(image, top, size, signs, best, place):
    """Of each column of a row of windows: the largest value times its sign, and its place in the window."""
    row = image[top]
    for j in range(len(best)):
        best[j] = _get(row, j) * signs[j]
        place[j] = 0
    for step in range(1, size):
        row, down = image[top + step], np.float32(step * size)
        for j in range(len(best)):
            value = _get(row, j) * signs[j]
            better = (value > best[j]) | (value != value)
            best[j] = value if better else best[j]
            place[j] = down if better else place[j]


@njit(**_INNER)
def _largest_across(best, place, size, channels, largest, at):
    """Of each window that begins at a column, given the largest of its columns: the largest, and its place."""
    for j in range(len(best)):
        largest[j] = best[j]
        at[j] = place[j]
    for step in range(1, size):
        right, others, places = np.float32(step), best[step * channels :], place[step * channels :]
        for j in range(len(best) - (size - 1) * channels):
            value, spot = others[j], places[j] + right
            better = (value > largest[j]) | ((value == largest[j]) & (spot < at[j])) | (value != value)
            largest[j] = value if better else largest[j]
            at[j] = spot if better else at[j]


@njit(**_INNER)
def _pool_of(image, signs, size, channels, pooled, places):
    """`pool` of one image [h, w * c]."""
    used = len(signs)
    best, place = np.empty(used, np.float32), np.empty(used, np.float32)
    largest, at = np.empty(used, np.float32), np.empty(used, np.float32)
    for y in range(len(pooled)):
        _largest_down(image, y * size, size, signs, best, place)
        _largest_across(best, place, size, channels, largest, at)
        for j in range(used):
            largest[j] *= signs[j]
        for x in range(used // (size * channels)):
            source, target = x * size * channels, x * channels
            values, spots = largest[source : source + channels], at[source : source + channels]
            out, where = pooled[y, target : target + channels], places[y, target : target + channels]
            for c in range(channels):
                _put(out, c, values[c])
            for c in range(channels):
                where[c] = np.uint8(spots[c])


@njit(**_COMPILED)
def moments(maps, means, squares):
    """Of each image and channel: the mean, and the sum of squared differences from it.

    [n, h, w * c] -> float32 [n, c] twice.
    """
    for image in prange(len(maps)):
        _moments_of(maps[image], means[image], squares[image])


@njit(**_COMPILED)
def pool(maps, signs, size, channels, pooled, places):
    """The largest of each size x size window, or the smallest where `signs`, one a value of the row, is -1.

    [n, h, w * c] -> pooled [n, h // size, w // size * c], and its place in the window, uint8, counted row by row.
    Of equal values the first is taken, as PyTorch does; a NaN is larger than anything.
    """
    for image in prange(len(maps)):
        _pool_of(maps[image], signs, size, channels, pooled[image], places[image])


@njit(**_COMPILED)
def pool_with_moments(maps, signs, size, channels, pooled, places, means, squares):
    """`pool` and `moments` of the same maps, while each image is at hand."""
    for image in prange(len(maps)):
        _moments_of(maps[image], means[image], squares[image])
        _pool_of(maps[image], signs, size, channels, pooled[image], places[image])


@njit(**_COMPILED)
def rectify(maps, scale, shift, slope, out):
    """u = scale * maps + shift, then u where it is above 0 and slope * u elsewhere.

    [n, h, w * c] -> the same; scale and shift are float32 [w * c].
    """
    images, height, row_length = maps.shape
    for image in prange(images):
        for y in range(height):
            row, result = maps[image, y], out[image, y]
            for j in range(row_length):
                u = _get(row, j) * scale[j] + shift[j]
                _put(result, j, u if u > 0 else u * slope)


@njit(**_COMPILED)
def gradient_sums(above, maps, scale, shift, slope, middle, plain, weighted):
    """Of each image and channel: the sum of the gradient before `rectify`, and that times (maps - middle).

    Gradient behind it [n, h, w * c] -> float32 [n, c] twice; scale, shift and middle are float32 [w * c].
    """
    images, height, row_length = maps.shape
    channels = plain.shape[1]
    for image in prange(images):
        first, second = np.zeros(row_length, np.float32), np.zeros(row_length, np.float32)
        for y in range(height):
            row, behind = maps[image, y], above[image, y]
            for j in range(row_length):
                value, gradient = _get(row, j), _get(behind, j)
                gradient = gradient if value * scale[j] + shift[j] > 0 else gradient * slope
                first[j] += gradient
                second[j] += gradient * (value - middle[j])
        _add_up(first, channels)
        _add_up(second, channels)
        for c in range(channels):
            plain[image, c] = first[c]
            weighted[image, c] = second[c]


@njit(**_COMPILED)
def gradient(above, maps, scale, shift, slope, constant, linear, below):
    """The gradient before `rectify` times scale, plus linear * maps + constant (batch norm's share of it).

    [n, h, w * c] -> the same; scale, shift, constant and linear are float32 [w * c].
    """
    images, height, row_length = maps.shape
    for image in prange(images):
        for y in range(height):
            row, behind, result = maps[image, y], above[image, y], below[image, y]
            for j in range(row_length):
                value, own = _get(row, j), _get(behind, j)
                own = own if value * scale[j] + shift[j] > 0 else own * slope
                _put(result, j, own * scale[j] + value * linear[j] + constant[j])


@njit(**_INNER)
def _spread(pooled, places, size, channels, steps, wide, mark):
    """One pooled row [w * c] to each column of its windows, and there the row of the window it belongs to.

    `steps` has each value's column in its window; mark is size times the row where the column is right.
    """
    for x in range(len(wide) // (size * channels)):
        source = x * channels
        values, spots = pooled[source : source + channels], places[source : source + channels]
        for step in range(size):
            target = (x * size + step) * channels
            own, marks = wide[target : target + channels], mark[target : target + channels]
            for c in range(channels):
                own[c] = _get(values, c)
            for c in range(channels):
                marks[c] = np.float32(spots[c])
    for j in range(len(wide)):
        mark[j] -= steps[j]


@njit(**_COMPILED)
def unpool(above, places, size, channels, steps, below):
    """The gradient of `pool`: each value goes back to its place, and 0 to all others.

    [n, h // size, w // size * c] -> [n, h, w * c]; steps, float32 [w // size * size * c], has for each value the
    column of its window that it is in.
    """
    images, height, row_length = below.shape
    used = len(steps)
    for image in prange(images):
        wide, mark = np.empty(used, np.float32), np.empty(used, np.float32)
        for y in range(height):
            result, window, inside = below[image, y], y // size, np.float32(y % size * size)
            reached = used if window < above.shape[1] else 0
            if reached and y % size == 0:
                _spread(above[image, window], places[image, window], size, channels, steps, wide, mark)
            for j in range(reached):
                _put(result, j, wide[j] if mark[j] == inside else np.float32(0))
            rest = result[reached:]
            for j in range(row_length - reached):
                _put(rest, j, np.float32(0))


@njit(**_INNER)
def _before_rectifier(above, pooled, scale, shift, slope, own):
    """The gradient of one row before `rectify`, times scale."""
    for j in range(len(own)):
        gradient = _get(above, j)
        gradient = gradient if _get(pooled, j) * scale[j] + shift[j] > 0 else gradient * slope
        own[j] = gradient * scale[j]


@njit(**_COMPILED)
def unpool_onto(
    above, pooled, places, scale, shift, slope, size, channels, steps, maps, constant, linear, below
):  # fmt: skip
    """`unpool` of the gradient before `rectify`, plus linear * maps + constant: batch norm stands between.

    [n, h // size, w // size * c] -> [n, h, w * c]. Scale and shift are float32 [w // size * c], constant and
    linear float32 [w * c]; steps are as in `unpool`.
    """
    images, height, row_length = below.shape
    used = len(steps)
    for image in prange(images):
        own, wide, mark = np.empty(len(scale), np.float32), np.empty(used, np.float32), np.empty(used, np.float32)
        for y in range(height):
            row, result, window = maps[image, y], below[image, y], y // size
            inside, reached = np.float32(y % size * size), used if window < above.shape[1] else 0
            if reached and y % size == 0:
                _before_rectifier(above[image, window], pooled[image, window], scale, shift, slope, own)
                _spread(own, places[image, window], size, channels, steps, wide, mark)
            for j in range(reached):
                here = wide[j] if mark[j] == inside else np.float32(0)
                _put(result, j, here + _get(row, j) * linear[j] + constant[j])
            rest, others, share, offset = result[reached:], row[reached:], linear[reached:], constant[reached:]
            for j in range(row_length - reached):
                _put(rest, j, _get(others, j) * share[j] + offset[j])
