"""Answers through the epochs: what was learned when, and forgotten how often."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from playground.metrics.history import PredictionHistory, spread

#                              epochs:  1  2  4  5
STORIES = {
    "always right": ([3, 3, 3, 3], 1, 0),
    "never right": ([1, 2, 1, 9], 6, 0),
    "learned at once and forgotten at the end": ([3, 3, 3, 0], 6, 1),
    "forgotten twice": ([3, 0, 3, 0], 6, 2),
    "forgotten once, learned again": ([3, 0, 0, 3], 5, 1),
    "learned in epoch 4": ([0, 1, 3, 3], 4, 0),
}


@pytest.fixture
def history() -> PredictionHistory:
    said = np.array([story for story, _, _ in STORIES.values()], np.int8).T
    return PredictionHistory((1, 2, 4, 5), np.full(len(STORIES), 3), said)


@pytest.mark.parametrize("name", STORIES)
def test_learned_and_forgotten(history: PredictionHistory, name: str) -> None:
    place = list(STORIES).index(name)
    _, learned, forgotten = STORIES[name]
    assert (history.learned_at()[place], history.forgetting_events()[place]) == (learned, forgotten)


def test_one_epoch_is_a_course_too() -> None:
    one = PredictionHistory((7,), np.array([0, 1]), np.array([[0, 0]], np.int8))
    assert one.learned_at().tolist() == [7, 8]
    assert one.forgetting_events().tolist() == [0, 0]


def test_forgetting_against_a_plain_count() -> None:
    draw = np.random.default_rng(0)
    labels, said = draw.integers(0, 10, 300), draw.integers(0, 10, (12, 300)).astype(np.int8)
    said[:, ::2] = np.where(draw.random((12, 150)) < 0.7, labels[::2], said[:, ::2])
    found = PredictionHistory(tuple(range(1, 13)), labels, said)
    for image in range(300):
        right = [int(answer) == int(labels[image]) for answer in said[:, image]]
        assert found.forgetting_events()[image] == sum(a and not b for a, b in pairwise(right))
        since = next((epoch for epoch in range(1, 13) if all(right[epoch - 1 :])), 13)
        assert found.learned_at()[image] == since


def test_class_scores_of_every_epoch_are_those_of_scikit_learn() -> None:
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 9, 200)  # no image of the last class
    said = draw.integers(1, 10, (3, 200)).astype(np.int8)  # the first is never predicted
    scores = PredictionHistory((1, 2, 3), labels, said).class_scores()
    for number, answers in enumerate(said):
        expected = precision_recall_fscore_support(labels, answers, labels=range(10), zero_division=0.0)
        for name, values in zip(("precision", "recall", "F1"), expected, strict=False):
            assert scores[name][number] == pytest.approx(values)


def test_epochs_are_spread_from_the_first_to_the_last() -> None:
    assert spread((2, 4, 6), 8) == (2, 4, 6)
    assert spread((7,), 3) == (7,)
    assert spread(tuple(range(1, 101)), 5) == (1, 26, 51, 75, 100)
