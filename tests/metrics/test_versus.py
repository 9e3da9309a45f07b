"""Two runs on the same images."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix
from torch import Tensor

from playground.metrics.versus import mcnemar, spread_of, verdict, versus


def scores(said: list[int]) -> Tensor:
    return torch.nn.functional.one_hot(torch.tensor(said), 10).float()


def test_what_is_fixed_and_broken() -> None:
    labels = torch.tensor([0, 1, 2, 3, 4])
    found = versus(scores([0, 1, 9, 9, 9]), scores([0, 9, 2, 3, 9]), labels)
    assert (found.fixed, found.broken) == ((2, 3), (1,))
    assert found.accuracies == (0.4, 0.6)
    assert found.gain == pytest.approx(0.2)


def test_against_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    truth, a, b = (draw.integers(0, 10, 500) for _ in range(3))
    found = versus(scores(a.tolist()), scores(b.tolist()), torch.tensor(truth))
    every = list(range(10))
    expected = confusion_matrix(truth, b, labels=every) - confusion_matrix(truth, a, labels=every)
    assert (found.moved == expected).all()
    assert found.accuracies == pytest.approx((accuracy_score(truth, a), accuracy_score(truth, b)))
    assert set(found.fixed) == set(np.nonzero((b == truth) & (a != truth))[0])


@pytest.mark.parametrize(
    ("fixed", "broken", "p"),
    # by hand: twice the tail of a fair coin
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (6, 1, 2 * (1 + 7) / 128), (4, 4, 1.0)],
)
def test_mcnemar_by_hand(fixed: int, broken: int, p: float) -> None:
    assert mcnemar(fixed, broken) == pytest.approx(p)
    assert mcnemar(broken, fixed) == pytest.approx(p)


def test_the_spread_is_pooled_over_groups() -> None:
    assert spread_of([[0.9, 0.92], [0.8]]) == pytest.approx(np.std([0.9, 0.92], ddof=1))
    assert spread_of([[0.9, 0.92], [0.7, 0.76]]) == pytest.approx(np.sqrt((0.0002 + 0.0018) / 2))
    assert spread_of([[0.9], []]) is None


def better_by(images: int, of: int = 1000) -> tuple[Tensor, Tensor, Tensor]:
    labels = torch.zeros(of, dtype=torch.int64)
    return scores([1] * images + [0] * (of - images)), scores([0] * of), labels


@pytest.mark.parametrize(
    ("images", "spread", "words"),
    [
        (3, None, "means nothing: chance gives as much in 25%"),
        (30, None, "B is better than A by 3.00 points: chance gives as much in less than 0.1%"),
        (30, 0.02, "But seeds alone move the accuracy by 2.00 points: another seed may turn it round"),
        (30, 0.001, "it is likely to stay"),
    ],
)
def test_the_verdict_in_words(images: int, spread: float | None, words: str) -> None:
    assert words in verdict(versus(*better_by(images)), spread)


def test_equal_runs_do_not_differ() -> None:
    same = versus(*better_by(0))
    assert same.p == 1
    assert "means nothing" in verdict(same, None)
