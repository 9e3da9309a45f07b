"""What several steps of the preparation ask of masks."""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def box_of(mask: Mask) -> tuple[slice, slice]:
    """The rows and columns between the first and the last pixels of a mask [H, W] that has any."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis))[[0, -1]] for axis in (1, 0))
    return slice(int(rows[0]), int(rows[1]) + 1), slice(int(columns[0]), int(columns[1]) + 1)


def shared(one: Mask, other: Mask) -> float:
    """Of what two masks of one size cover together, the share that both cover: intersection over union."""
    return float((one & other).sum() / (one | other).sum())
