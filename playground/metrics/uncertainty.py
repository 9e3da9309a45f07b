"""How far a measured share may be from the true one, because it was measured on a sample."""

from __future__ import annotations

import math


def standard_error(share: float, count: int) -> float:
    """The standard error of a share, 0 to 1, of `count` cases: sqrt(p (1 - p) / n)."""
    return math.sqrt(share * (1 - share) / count)
