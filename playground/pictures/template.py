"""What a class looks like, faintly and larger: something to trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

_CLOTH, _EDGE = 0.16, 0.5  # of full light: how light cloth and its outline are
_INSIDE = 0.25  # of the strongest pixel: where cloth begins
_WIDTH = 3  # pixels of the outline
_MARGIN = 0.1  # of the side, all around: room for a brush


def typical(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """That one of the images, uint8 [n, 28, 28], which is most like their mean, however light or dark it is."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    lengths = np.maximum(np.linalg.norm(flat, axis=1), 1.0)
    most_like: NDArray[np.uint8] = images[int((flat @ flat.mean(0) / lengths).argmax())]
    return most_like


def template(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The typical one of a class's images, uint8 [n, 28, 28], faint and with an outline: uint8 [side, side]."""
    margin = round(_MARGIN * side)
    inner = side - 2 * margin
    enlarged = Image.fromarray(typical(images)).resize((inner, inner), Image.Resampling.BICUBIC)
    light = np.pad(np.asarray(enlarged, np.float32), margin)
    inside = light > _INSIDE * light.max()
    outline = inside & ~ndimage.binary_erosion(inside, iterations=_WIDTH)
    return np.rint(np.where(outline, 255 * _EDGE, light * _CLOTH)).astype(np.uint8)
