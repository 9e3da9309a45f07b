"""Which of several are not beaten: small and accurate at once."""

from __future__ import annotations

from collections.abc import Sequence


def front(costs: Sequence[float], gains: Sequence[float]) -> tuple[int, ...]:
    """Positions of those that no other beats in both, by ascending cost; of equals the first."""
    best, found = float("-inf"), []
    for position in sorted(range(len(costs)), key=lambda each: (costs[each], -gains[each])):
        if gains[position] > best:
            best = gains[position]
            found.append(position)
    return tuple(found)
