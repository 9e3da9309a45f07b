"""Views of class scores, held against sums by hand and scikit-learn."""

import numpy as np
import pytest
import torch
from scored import Scored
from sklearn import metrics
from torch import Tensor

from playground.data.classes import CLASS_NAMES
from playground.metrics.classification import (
    accuracy,
    class_scores,
    confusion,
    costliest,
    shares,
    summed_probabilities,
)
from playground.network.inference import loss_and_accuracy

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


@pytest.mark.parametrize(("of", "normalize"), [("true", "true"), ("predicted", "pred")])
def test_shares_against_scikit_learn(scored: Scored, of: str, normalize: str) -> None:
    expected = metrics.confusion_matrix(
        scored.labels, scored.logits.argmax(1), labels=range(10), normalize=normalize
    )
    assert shares(confusion(scored.logits, scored.labels), of) == pytest.approx(expected)


def test_a_class_that_was_never_predicted_has_no_shares(logits: Tensor) -> None:
    fractions = shares(confusion(logits, LABELS), "predicted")
    assert not fractions[:, 5].any()
    assert fractions[:, 0].tolist()[:3] == [0.5, 0, 0.5]


def test_summed_probabilities_against_scikit_learn(scored: Scored) -> None:
    """A column is a confusion matrix of images all taken for one class, each weighing its probability."""
    found = summed_probabilities(scored.logits, scored.labels)
    probabilities = scored.logits.double().softmax(1).numpy()
    for each in range(10):
        said, weights = np.full(len(scored.labels), each), probabilities[:, each]
        expected = metrics.confusion_matrix(scored.labels, said, labels=range(10), sample_weight=weights)
        assert found[:, each] == pytest.approx(expected[:, each])
    assert found.sum(1) == pytest.approx(np.bincount(scored.labels, minlength=10))


def test_the_costliest_pairs(logits: Tensor) -> None:
    found = costliest(confusion(logits, LABELS))
    assert [(pair.label, pair.predicted, pair.images) for pair in found] == [(0, 1, 1), (2, 0, 1), (2, 9, 1)]
    assert [pair.of_errors for pair in found] == pytest.approx([1 / 3] * 3)
    assert [pair.of_class for pair in found] == pytest.approx([1 / 2, 1 / 3, 1 / 3])


def test_the_costliest_pairs_of_a_network_are_its_largest_cells(scored: Scored) -> None:
    matrix = confusion(scored.logits, scored.labels)
    found = costliest(matrix, 90)
    counts = [pair.images for pair in found]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == (scored.logits.argmax(1) != scored.labels).sum()
    assert sum(pair.of_errors for pair in found) == pytest.approx(1)
    assert all(matrix[pair.label, pair.predicted] == pair.images for pair in found)


def test_no_pair_costs_anything_where_all_is_right() -> None:
    assert costliest(np.diag(np.arange(10))) == ()
    assert costliest(np.zeros((10, 10), np.int64)) == ()
