"""Calibration, held against scikit-learn and sums by hand, on a trained network's scores and where things end."""

import numpy as np
import pytest
import torch
from scored import Scored
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, log_loss

from playground.metrics.calibration import BINS, coverage, first_half, fit_temperature, reliability


def surely(said: list[int], score: float = 4.0) -> torch.Tensor:
    return score * torch.nn.functional.one_hot(torch.tensor(said), 10).float()


def test_the_bins_are_those_of_scikit_learn(scored: Scored) -> None:
    found = reliability(scored.logits, scored.labels)
    probabilities = scored.logits.double().softmax(1)
    sure, said = probabilities.max(1)
    right = (said == scored.labels).numpy()
    accuracy, confidence = calibration_curve(right, sure.numpy(), n_bins=BINS, strategy="uniform")
    filled = found.counts > 0
    assert found.counts.sum() == len(scored.labels)
    assert found.accuracy[filled] == pytest.approx(accuracy)
    assert found.confidence[filled] == pytest.approx(confidence)
    by_hand = sum(
        c / len(right) * abs(a - p) for c, a, p in zip(found.counts[filled], accuracy, confidence, strict=True)
    )
    assert found.expected_error == pytest.approx(by_hand)
    assert 0 < found.expected_error < 1


def test_one_image_and_all_right_and_all_wrong() -> None:
    sure = np.exp(4) / (np.exp(4) + 9)
    for said, error in (([3], 1 - sure), ([7], sure)):
        found = reliability(surely(said), torch.tensor([3]))
        assert found.counts.sum() == 1
        assert found.expected_error == pytest.approx(error)


def test_an_image_on_an_edge_belongs_to_the_bin_below() -> None:
    """An even answer of ten classes has 0.1: with ten bins that is the edge between the first and the second."""
    found = reliability(torch.zeros(1, 10), torch.tensor([0]), bins=10)
    assert found.counts.tolist() == [1] + 9 * [0]


def test_the_temperature_is_the_best_of_a_fine_grid(scored: Scored) -> None:
    fit = fit_temperature(scored.logits, scored.labels)
    assert fit is not None
    half = first_half(scored.labels)
    labels, scores = scored.labels[half].numpy(), scored.logits[half].double()
    grid = np.exp(np.linspace(np.log(0.3), np.log(5), 600))
    losses = [log_loss(labels, (scores / each).softmax(1).numpy(), labels=range(10)) for each in grid]
    assert fit.temperature == pytest.approx(grid[int(np.argmin(losses))], rel=0.01)
    assert (fit.fitted, fit.judged) == (int(half.sum()), int((~half).sum()))
    others = scored.logits[~half].double(), scored.labels[~half]
    for number, each in enumerate((1.0, fit.temperature)):
        probabilities = (others[0] / each).softmax(1).numpy()
        assert fit.losses[number] == pytest.approx(log_loss(others[1].numpy(), probabilities, labels=range(10)))
        assert fit.errors[number] == pytest.approx(reliability(others[0] / each, others[1]).expected_error)


def test_a_network_too_sure_of_itself_is_cooled_down(scored: Scored) -> None:
    plain, loud = (fit_temperature(scored.logits * each, scored.labels) for each in (1, 4))
    assert plain is not None
    assert loud is not None
    assert loud.temperature == pytest.approx(4 * plain.temperature, rel=1e-2)
    assert loud.losses[1] < loud.losses[0]
    assert loud.losses[1] == pytest.approx(plain.losses[1], rel=1e-4)


@pytest.mark.parametrize(
    ("said", "true"), [([1], [1]), ([1], [2]), ([1, 1], [1, 1]), ([], [])], ids=["right", "wrong", "two", "none"]
)
def test_no_temperature_where_it_would_mean_nothing(said: list[int], true: list[int]) -> None:
    scores = surely(said) if said else torch.zeros(0, 10)
    assert fit_temperature(scores, torch.tensor(true, dtype=torch.int64)) is None


def test_halves_share_every_class(scored: Scored) -> None:
    half = first_half(scored.labels)
    for each in range(10):
        of_class = scored.labels == each
        assert abs(int((of_class & half).sum()) - int((of_class & ~half).sum())) <= 1


def test_accuracy_against_coverage_by_hand(scored: Scored) -> None:
    thresholds = np.array([0.0, 0.3, 0.55, 0.9, 1.0])
    found = coverage(scored.logits, scored.labels, thresholds)
    sure, said = scored.logits.double().softmax(1).max(1)
    for number, threshold in enumerate(thresholds):
        answered = (sure >= threshold).numpy()
        assert found.coverage[number] == pytest.approx(answered.mean())
        expected = accuracy_score(scored.labels[answered], said[answered]) if answered.any() else 1.0
        assert found.accuracy[number] == pytest.approx(expected)


def test_images_that_are_equally_sure_are_answered_together() -> None:
    found = coverage(surely([1, 1, 2]), torch.tensor([1, 2, 2]), np.array([0.5, 0.9, 0.9999]))
    assert found.coverage.tolist() == [1, 0 + (np.exp(4) / (np.exp(4) + 9) >= 0.9), 0]
    assert found.accuracy.tolist()[2] == 1
    assert found.accuracy[0] == pytest.approx(2 / 3)
