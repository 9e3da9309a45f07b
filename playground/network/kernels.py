"""What follows a convolution, forward and backward, as loops that PyTorch has no single operation for.

PyTorch reads and writes a map once for each of batch norm, activation and pooling, and as often again in the
backward pass. What is cheap to compute is expensive to fetch: these loops, compiled by Numba, do as much as
possible with an image while it is at hand. Every map lies channels last, [n, h, w * c] with c contiguous, float32
or bfloat16 (its bits as uint16); all arithmetic on maps is float32.

Images are shared out to the threads, and sums over a batch are kept per image and added up in one order: the
number of threads does not change a bit of the result.

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
# Inlined by force: a loop that is called may be taken from an earlier, slower compilation in the same process.
_LOOP: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}}
_INNER: dict[str, Any] = {**_LOOP, "forceinline": True}
_COMPILED: dict[str, Any] = {**_LOOP, "parallel": True, "nogil": True, "cache": True}

# An index that may be negative counts from the end, and asking keeps a loop over channels from working on several
# of them at a time. Sizes are unsigned here; a signed one among them would make them float64.
_whole = np.uintp
_ONE = np.uintp(1)


def _get(values, at):
    """One value as float32, whatever it is kept in."""


def _put(values, at, value):
    """Keep one float32 value; bfloat16 rounds to the nearest, a half to the even one."""


def _any(values, at):
    """One value, and 0 where there are none at all."""


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


@overload(_any)
def _compiled_any(values, at):  # noqa: ARG001
    return (lambda values, at: np.float32(0)) if values is types.none else lambda values, at: values[at]  # noqa: ARG005


# ------------------------------------------------------------------------------------------- a value a channel


@njit(**_LOOP)
def _along(values, columns):
    """One value a channel [c] -> the same for every pixel of a row, float32 [columns * c]."""
    row = np.empty(columns * len(values), np.float32)
    for x in range(columns):
        for c in range(len(values)):
            row[x * len(values) + c] = values[c]
    return row


@njit(**_INNER)
def _add_up(row, channels):
    """A row [w * c] -> its sum over w, in its first c values."""
    for x in range(channels, _whole(len(row)), channels):
        for c in range(channels):
            row[c] += row[x + c]


@njit(**_LOOP)
def _over_images(values):
    """[n, c] -> float64 [c], added up in the order of the images."""
    sums = np.zeros(values.shape[1])
    for image in range(len(values)):
        for c in range(len(sums)):
            sums[c] += values[image, c]
    return sums


# Four rows at a time: sums are fetched and put back more rarely.


@njit(**_INNER)
def _sum_rows(image, sums):
    """Add the rows of an image [h, w * c] to sums [w * c]."""
    height, length = _whole(image.shape[0]), _whole(image.shape[1])
    by_four = height - height % _whole(4)
    for y in range(_whole(0), by_four, _whole(4)):
        first, second, third, fourth = image[y], image[y + _ONE], image[y + _whole(2)], image[y + _whole(3)]
        for j in range(length):
            sums[j] += (_get(first, j) + _get(second, j)) + (_get(third, j) + _get(fourth, j))
    for y in range(by_four, height):
        row = image[y]
        for j in range(length):
            sums[j] += _get(row, j)


@njit(**_INNER)
def _sum_squares(image, middle, sums):
    """Add the rows' squared differences from a middle [w * c] to sums [w * c]."""
    height, length = _whole(image.shape[0]), _whole(image.shape[1])
    by_four = height - height % _whole(4)
    for y in range(_whole(0), by_four, _whole(4)):
        first, second, third, fourth = image[y], image[y + _ONE], image[y + _whole(2)], image[y + _whole(3)]
        for j in range(length):
            p, q = _get(first, j) - middle[j], _get(second, j) - middle[j]
            r, s = _get(third, j) - middle[j], _get(fourth, j) - middle[j]
            sums[j] += (p * p + q * q) + (r * r + s * s)
    for y in range(by_four, height):
        row = image[y]
        for j in range(length):
            difference = _get(row, j) - middle[j]
            sums[j] += difference * difference


@njit(**_INNER)
def _moments_of(image, means, squares):
    """Of an image [h, w * c]: each channel's mean, and its sum of squared differences from it."""
    channels, length = _whole(len(means)), _whole(image.shape[1])
    middle, spread = np.zeros(length, np.float32), np.zeros(length, np.float32)
    _sum_rows(image, middle)
    _add_up(middle, channels)
    for c in range(channels):
        means[c] = middle[c] / np.float32(_whole(len(image)) * length // channels)
    for x in range(_whole(0), length, channels):
        for c in range(channels):
            middle[x + c] = means[c]
    _sum_squares(image, middle, spread)
    _add_up(spread, channels)
    for c in range(channels):
        squares[c] = spread[c]


@njit(**_LOOP)
def _affine(mean, variance, weight, bias, epsilon, affine):
    """Batch norm's u = scale * x + shift: mean, deviation, scale and shift, float64 [4, c]."""
    for c in range(len(mean)):
        deviation = np.sqrt(variance[c] + epsilon)
        scale = weight[c] / deviation
        affine[0, c], affine[1, c] = mean[c], deviation
        affine[2, c], affine[3, c] = scale, bias[c] - mean[c] * scale


@njit(**_LOOP)
def _learn(means, squares, pixels, running_mean, running_variance, momentum):
    """Mean and variance of a batch, put together from its images' moments (Chan et al. 1979).

    The running statistics follow, as PyTorch's do: by the variance of a sample.
    """
    images = len(means)
    count = images * pixels
    mean = _over_images(means) / images
    variance = _over_images(squares) / count
    for image in range(images):
        for c in range(len(mean)):
            difference = means[image, c] - mean[c]
            variance[c] += difference * difference / images
    for c in range(len(mean)):
        running_mean[c] += momentum * (mean[c] - running_mean[c])
        running_variance[c] += momentum * (variance[c] * count / (count - 1) - running_variance[c])
    return mean, variance


# ------------------------------------------------------------------------------------------------- max-pooling


@njit(**_INNER)
def _larger(best, place, value, here):
    """The larger of two values, the first of equal ones, and its place; a NaN is larger than anything."""
    better = (value > best) | (value != value)
    return value if better else best, here if better else place


@njit(**_INNER)
def _pool_by_two(image, signs, pooled, places):
    """`_pool_of` with windows of 2 x 2, by far the most common: nothing is put aside."""
    channels = _whole(len(signs))
    for y in range(_whole(len(pooled))):
        above, below = image[y * _whole(2)], image[y * _whole(2) + _ONE]
        out, where = pooled[y], places[y]
        for x in range(_whole(len(out)) // channels):
            left = x * _whole(2) * channels
            right, target = left + channels, x * channels
            for c in range(channels):
                sign = signs[c]
                best, place = _get(above, left + c) * sign, np.int32(0)
                best, place = _larger(best, place, _get(above, right + c) * sign, np.int32(1))
                best, place = _larger(best, place, _get(below, left + c) * sign, np.int32(2))
                best, place = _larger(best, place, _get(below, right + c) * sign, np.int32(3))
                _put(out, target + c, best * sign)
                where[target + c] = np.uint8(place)


# In other windows the columns of a whole row are compared at every column, and those between two windows are
# thrown away: several times faster than window by window. Places are float32, as wide as the values.


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
def _pool_of(image, signs, size, pooled, places):
    """The largest of each size x size window of an image [h, w * c]; the smallest where a channel's sign is -1.

    Pooled [h // size, w // size * c], and its place in the window, uint8, counted row by row. Of equal values the
    first is taken, as PyTorch does; a NaN is larger than anything.
    """
    channels = len(signs)
    used = pooled.shape[1] * size
    along = _along(signs, used // channels)
    best, place = np.empty(used, np.float32), np.empty(used, np.float32)
    largest, at = np.empty(used, np.float32), np.empty(used, np.float32)
    for y in range(len(pooled)):
        _largest_down(image, y * size, size, along, best, place)
        _largest_across(best, place, size, channels, largest, at)
        out, where = pooled[y], places[y]
        for x in range(_whole(used // (size * channels))):
            source, target = x * _whole(size * channels), x * _whole(channels)
            for c in range(_whole(channels)):
                _put(out, target + c, largest[source + c] * signs[c])
                where[target + c] = np.uint8(at[source + c])


@njit(**_INNER)
def _unpool_row(own, places, first, size, channels, added, below):
    """One row of windows' gradients [w // size * c] to one row of their values [w * c].

    Each value that was the largest, its place being `first` plus its column in the window, gets its window's; all
    get what is `added` [w * c], if anything is.
    """
    windows, none = _whole(len(own)) // channels, np.float32(0)
    for x in range(windows):
        source = x * channels
        if size == 2:
            left, right = source * _whole(2), source * _whole(2) + channels
            for c in range(channels):
                gradient, place = own[source + c], places[source + c]
                _put(below, left + c, (gradient if place == first else none) + _any(added, left + c))
                _put(below, right + c, (gradient if place == first + _ONE else none) + _any(added, right + c))
        else:
            for step in range(_whole(size)):
                target, here = source * _whole(size) + step * channels, first + step
                for c in range(channels):
                    chosen = own[source + c] if places[source + c] == here else none
                    _put(below, target + c, chosen + _any(added, target + c))
    for j in range(windows * _whole(size) * channels, _whole(len(below))):
        _put(below, j, _any(added, j))


# --------------------------------------------------------------------------------------- batch norm and rectifier


@njit(**_INNER)
def _rectify(image, scale, shift, slope, out):
    """u = scale * image + shift, then u where it is above 0 and slope * u elsewhere.

    [h, w * c] -> the same; scale and shift are float32 [w * c].
    """
    for y in range(len(image)):
        row, result = image[y], out[y]
        for j in range(len(row)):
            u = _get(row, j) * scale[j] + shift[j]
            _put(result, j, u if u > 0 else u * slope)


@njit(**_INNER)
def _gradient_sums(above, image, scale, shift, slope, middle, plain, weighted):
    """Of each channel: the sum of the gradient before the rectifier, and of that times (image - middle).

    Gradient behind it [h, w * c] -> float32 [c] twice; scale, shift and middle are float32 [w * c].
    """
    channels = _whole(len(plain))
    first, second = np.zeros(len(middle), np.float32), np.zeros(len(middle), np.float32)
    for y in range(len(image)):
        row, behind = image[y], above[y]
        for j in range(len(row)):
            value, gradient = _get(row, j), _get(behind, j)
            gradient = gradient if value * scale[j] + shift[j] > 0 else gradient * slope
            first[j] += gradient
            second[j] += gradient * (value - middle[j])
    _add_up(first, channels)
    _add_up(second, channels)
    for c in range(channels):
        plain[c] = first[c]
        weighted[c] = second[c]


@njit(**_INNER)
def _gradient_row(above, row, scale, shift, slope, linear, constant, below):
    """The gradient before the rectifier times scale, plus linear * row + constant; all [w * c]."""
    for j in range(len(row)):
        value, own = _get(row, j), _get(above, j)
        own = own if value * scale[j] + shift[j] > 0 else own * slope
        _put(below, j, own * scale[j] + value * linear[j] + constant[j])


@njit(**_INNER)
def _back_of(above, known, below):
    """The gradient of an image's maps [h, w * c], which `below` holds, from that behind the rectifier."""
    own = np.empty(below.shape[1], np.float32)
    for y in range(len(below)):
        row = below[y]
        _gradient_row(above[y], row, *known, own)
        for j in range(len(row)):
            _put(row, j, own[j])


@njit(**_LOOP)
def _norms_share(plain, weighted, pixels, affine, of_weight, of_bias):
    """The gradients of a norm's weight and bias, and what it adds to that of its input: linear * x + constant."""
    linear, constant = np.empty(len(of_bias), np.float32), np.empty(len(of_bias), np.float32)
    biases, weights = _over_images(plain), _over_images(weighted)
    for c in range(len(of_bias)):
        mean, deviation, scale = affine[0, c], affine[1, c], affine[2, c]
        share = scale / (len(plain) * pixels)
        of_bias[c], of_weight[c] = biases[c], weights[c] / deviation
        slope = -share * weights[c] / (deviation * deviation)
        linear[c], constant[c] = slope, -share * biases[c] - mean * slope
    return linear, constant


@njit(**_INNER)
def _unpool_of(above, pooled, places, known, full, size, channels, below):
    """The gradient of an image's maps [h, w * c] from that behind the rectifier, through pooling.

    `known` is what `_gradient_row` takes. Where batch norm stands before pooling, `below` holds the maps.
    """
    scale, shift, slope, linear, constant = known
    own, spots = np.empty(len(scale), np.float32), places[0]
    share, nothing = np.empty(below.shape[1], np.float32), np.zeros(len(scale), np.float32)
    for at in range(len(below)):
        y, step = at // size, at % size
        if y == len(pooled):  # rows that no window reached
            own, spots = own[:0], spots[:0]
        elif step == 0:
            spots = places[y]
            if full:
                _gradient_row(above[y], pooled[y], scale, shift, slope, nothing, nothing, own)
            else:
                _gradient_row(above[y], pooled[y], scale, shift, slope, linear, constant, own)
        row, first = below[at], _whole(step * size)
        if full:
            for j in range(len(row)):
                share[j] = _get(row, j) * linear[j] + constant[j]
            _unpool_row(own, spots, first, size, channels, share, row)
        else:
            _unpool_row(own, spots, first, size, channels, None, row)


# ---------------------------------------------------------------------------------------------------- all together


@njit(**_LOOP)
def _signs(weight, full):
    """-1 where batch norm turns the order of values round before they are pooled, else 1."""
    signs = np.ones(len(weight), np.float32)
    for c in range(len(weight)):
        if full and weight[c] < 0:
            signs[c] = -1
    return signs


@njit(**_COMPILED)
def forward(maps, size, full, norm, learning, momentum, epsilon, slope, pooled, places, out, affine):
    """Max-pooling, batch norm and rectifier of maps [n, h, w * c].

    Args:
        size: Side of the windows; 1 pools nothing.
        full: Batch norm stands before pooling.
        norm: Its weight, bias, running mean and running variance, float32 [c] each.
        learning: The statistics are those of the batch, and the running ones follow by `momentum`.
        slope: Of the rectifier below 0.
        pooled: Filled with the largest of each window, [n, h // size, w // size * c]; the maps where size is 1.
        places: Filled with its place in the window, uint8; not used where size is 1.
        out: Filled with the result, in the shape of pooled.
        affine: Filled with what batch norm came to, float64 [4, c]; see `_affine`.
    """
    images, channels = len(maps), affine.shape[1]
    weight, bias, running_mean, running_variance = norm
    means, squares = np.empty((images, channels), np.float32), np.empty((images, channels), np.float32)
    signs = _signs(weight, full)
    for image in prange(images):
        if size == 2:
            _pool_by_two(maps[image], signs, pooled[image], places[image])
        elif size > 2:
            _pool_of(maps[image], signs, size, pooled[image], places[image])
        if learning:
            _moments_of(maps[image] if full else pooled[image], means[image], squares[image])
    mean, variance = running_mean.astype(np.float64), running_variance.astype(np.float64)
    if learning:
        normed = maps if full else pooled
        pixels = normed.shape[1] * normed.shape[2] // channels
        mean, variance = _learn(means, squares, pixels, running_mean, running_variance, momentum)
    _affine(mean, variance, weight, bias, epsilon, affine)
    columns = out.shape[2] // channels
    scale, shift = _along(affine[2], columns), _along(affine[3], columns)
    for image in prange(images):
        _rectify(pooled[image], scale, shift, np.float32(slope), out[image])


@njit(**_COMPILED)
def backward(above, size, full, normed, slope, affine, pooled, places, below, of_weight, of_bias):
    """The gradient of `forward` in its maps, and in batch norm's weight and bias.

    Args:
        above: The gradient of its result.
        normed: There is batch norm, and it learned.
        below: Filled, [n, h, w * c]. Where batch norm stands before pooling, or nothing is pooled, it has to hold
            the maps of `forward`, and the gradient is written over them.
        of_weight, of_bias: Filled where there is batch norm, float32 [c].

    The rest as in `forward`, and filled by it.
    """
    images, channels = len(below), affine.shape[1]
    columns, slope = pooled.shape[2] // channels, np.float32(slope)
    middle, scale, shift = _along(affine[0], columns), _along(affine[2], columns), _along(affine[3], columns)
    linear, constant = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    if normed:
        plain, weighted = np.empty((images, channels), np.float32), np.empty((images, channels), np.float32)
        for image in prange(images):
            _gradient_sums(above[image], pooled[image], scale, shift, slope, middle, plain[image], weighted[image])
        pixels = (below if full else pooled).shape[1] * (below if full else pooled).shape[2] // channels
        linear, constant = _norms_share(plain, weighted, pixels, affine, of_weight, of_bias)
    wide = below.shape[2] // channels if full else columns
    known = scale, shift, slope, _along(linear, wide), _along(constant, wide)
    for image in prange(images):
        if size > 1:
            own = above[image], pooled[image], places[image]
            _unpool_of(*own, known, full, size, _whole(channels), below[image])
        else:
            _back_of(above[image], known, below[image])
