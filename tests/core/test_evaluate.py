"""Views of class scores, held against sums by hand and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn import metrics
from torch import Tensor

from playground.core.classes import CLASS_NAMES
from playground.core.evaluate import accuracy, class_scores, confusion, failures, shares
from playground.core.inference import loss_and_accuracy

LABELS = torch.tensor([0, 0, 1, 2, 2, 2])
GUESSES = [0, 1, 1, 2, 0, 9]
SURE = [3.0, 5.0, 1.0, 2.0, 4.0, 1.0]


@pytest.fixture(scope="module")
def logits() -> Tensor:
    scores = torch.zeros(6, 10)
    for row, (guess, score) in enumerate(zip(GUESSES, SURE, strict=True)):
        scores[row, guess] = score
    return scores


@pytest.fixture(scope="module")
def many() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 10, (500,), generator=generator)
    scores = torch.randn(500, 10, generator=generator)
    scores[torch.arange(500), labels] += 1
    return scores, labels


def test_confusion_counts_true_classes_in_rows(logits: Tensor) -> None:
    matrix = confusion(logits, LABELS)
    expected = np.zeros((10, 10), int)
    for true, guess in zip(LABELS.tolist(), GUESSES, strict=True):
        expected[true, guess] += 1
    assert np.array_equal(matrix, expected)


def test_shares_are_of_the_true_class(logits: Tensor) -> None:
    fractions = shares(confusion(logits, LABELS))
    assert fractions[0, 0] == 0.5
    assert fractions[2].sum() == pytest.approx(1)
    assert not fractions[5].any()  # a class without images


def test_scores_of_each_class_by_hand(logits: Tensor) -> None:
    scores = class_scores(logits, LABELS)
    assert tuple(score.name for score in scores) == CLASS_NAMES
    assert (scores[0].precision, scores[0].recall, scores[0].f1, scores[0].support) == (0.5, 0.5, 0.5, 2)
    assert (scores[2].precision, scores[2].recall, scores[2].support) == (1.0, pytest.approx(1 / 3), 3)
    assert (scores[5].precision, scores[5].recall, scores[5].f1, scores[5].support) == (0, 0, 0, 0)


def test_scores_of_each_class_against_numpy(many: tuple[Tensor, Tensor]) -> None:
    logits, labels = many
    matrix = confusion(logits, labels)
    for number, score in enumerate(class_scores(logits, labels)):
        right = matrix[number, number]
        assert score.precision == pytest.approx(right / matrix[:, number].sum())
        assert score.recall == pytest.approx(right / matrix[number].sum())
        assert score.f1 == pytest.approx(2 * score.precision * score.recall / (score.precision + score.recall))
        assert score.support == matrix[number].sum()


def test_accuracy_and_loss_against_scikit_learn(many: tuple[Tensor, Tensor]) -> None:
    logits, labels = many
    loss, right = loss_and_accuracy(logits, labels)
    assert right == accuracy(logits, labels) == metrics.accuracy_score(labels, logits.argmax(1))
    assert loss == pytest.approx(metrics.log_loss(labels, logits.double().softmax(1), labels=range(10)), rel=1e-5)


def test_failures_are_the_wrong_ones_most_confident_first(logits: Tensor) -> None:
    found = failures(logits, LABELS)
    assert [failure.index for failure in found] == [1, 4, 5]
    first = found[0]
    total = np.exp(5) + 9
    assert (first.label, first.predicted) == (0, 1)
    assert first.predicted_probability == pytest.approx(np.exp(5) / total)
    assert first.label_probability == pytest.approx(1 / total)


def test_failures_of_one_class(logits: Tensor) -> None:
    assert [failure.index for failure in failures(logits, LABELS, true=2)] == [4, 5]
    assert [failure.index for failure in failures(logits, LABELS, true=2, predicted=9)] == [5]
    assert failures(logits, LABELS, true=7) == ()
    assert failures(logits, LABELS, predicted=2) == ()


def test_equally_confident_failures_keep_their_order() -> None:
    scores = torch.zeros(50, 10)
    scores[:, 3] = 1.0
    assert [failure.index for failure in failures(scores, torch.zeros(50, dtype=torch.int64))] == list(range(50))
