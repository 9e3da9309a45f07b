"""Which epochs stay."""

import random

import pytest

from playground.runs.retention import MOST_BYTES, stride, with_state, with_weights


@pytest.mark.parametrize(
    ("size", "epochs", "step"),
    [
        (1_000, 70, 1),
        (MOST_BYTES // 10, 10, 1),
        (MOST_BYTES // 10, 11, 2),
        (MOST_BYTES, 8, 8),
        (MOST_BYTES * 2, 8, 8),
    ],
)
def test_thinned_evenly_above_the_limit(size: int, epochs: int, step: int) -> None:
    assert stride(size, epochs) == step


def test_the_last_two_and_the_best_can_go_on() -> None:
    assert with_state(9, best=4) == {4, 8, 9}
    assert with_state(1, best=1) == {1}
    assert with_state(5, best=None) == {4, 5}


@pytest.mark.parametrize("seed", range(20))
def test_what_stays_is_enough_to_go_on_and_evenly_spaced(seed: int) -> None:
    draw = random.Random(seed)
    epochs, step, best = draw.randint(1, 200), 2 ** draw.randint(0, 8), None
    kept: frozenset[int] = frozenset()
    for done in range(1, epochs + 1):
        best = done if best is None or draw.random() < 0.1 else best
        kept = with_weights(kept | {done}, done, best, step)
        assert {done, max(1, done - 1), best} <= kept
    assert set(range(step, epochs + 1, step)) <= kept
    assert len(kept) <= epochs // step + 3
