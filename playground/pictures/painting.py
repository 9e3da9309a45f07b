"""Strokes on black, and over an image of the data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def on_black(strokes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Strokes, RGBA uint8 [h, w, 4], as they look on black: RGB uint8 [h, w, 3]."""
    cover = strokes[:, :, 3:].astype(np.uint16)
    return ((strokes[:, :, :3] * cover + 127) // 255).astype(np.uint8)


def painted_over(bench: NDArray[np.uint8], strokes: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """An image of the data set, uint8 [28, 28], with strokes over it, RGBA uint8 [28 k, 28 k, 4], or without any.

    Each pixel is the mean of its k times k: what was not painted over stays as it was.
    """
    if strokes is None:
        return bench
    scale = len(strokes) // len(bench)
    cover = strokes[:, :, 3] / 255
    over = strokes[:, :, :3].mean(axis=2) * cover + np.kron(bench, np.ones((scale, scale))) * (1 - cover)
    means = over.reshape(len(bench), scale, -1, scale).mean(axis=(1, 3))
    return np.asarray(np.rint(means), dtype=np.uint8)
