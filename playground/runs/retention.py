"""Which epochs of a run keep their weights, and which keep a checkpoint: the disk has an end.

Under the limit every epoch keeps its weights and scores. Above it they are thinned evenly: every second, every
fourth and so on. Checkpoints (optimizer, generators) stay for the last two epochs and the best.
"""

from __future__ import annotations

from collections.abc import Collection

MOST_BYTES = 256 * 2**20
"""Bytes that the weights and scores of one run may take, about; more than that are thinned."""
STATES = 2  # the last is where a run goes on; the one before it is there if the last is damaged


def stride(bytes_an_epoch: int, epochs: int, most: int = MOST_BYTES) -> int:
    """Every how many epochs weights are kept so that those of a whole run stay under the limit: 1, 2, 4, ..."""
    step = 1
    while step < epochs and bytes_an_epoch * (epochs // step) > most:
        step *= 2
    return step


def with_state(done: int, best: int | None) -> frozenset[int]:
    """The epochs that keep a checkpoint, when so many are done and one is the best so far."""
    return frozenset({*range(max(1, done - STATES + 1), done + 1), *([best] if best else [])})


def with_weights(kept: Collection[int], done: int, best: int | None, step: int) -> frozenset[int]:
    """Of the epochs that have weights, those that keep them."""
    needed = with_state(done, best)
    return frozenset(epoch for epoch in kept if epoch % step == 0 or epoch in needed)
