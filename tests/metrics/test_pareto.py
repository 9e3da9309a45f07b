"""Which are not beaten."""

import random

from playground.metrics.pareto import front


def test_small_and_accurate() -> None:
    assert front([10, 20, 30, 5], [0.9, 0.92, 0.91, 0.8]) == (3, 0, 1)
    assert front([], []) == ()
    assert front([1, 1], [0.5, 0.5]) == (0,)


def test_against_the_definition() -> None:
    draw = random.Random(1)
    for _ in range(50):
        costs = [draw.randint(1, 9) for _ in range(12)]
        gains = [draw.randint(1, 9) for _ in range(12)]
        points = list(zip(costs, gains, strict=True))
        unbeaten = {
            (c, g) for c, g in points if not any((c2 <= c and g2 >= g and (c2, g2) != (c, g)) for c2, g2 in points)
        }
        assert {points[each] for each in front(costs, gains)} == unbeaten
