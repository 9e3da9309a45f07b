"""Images as they were judged, in the orders that a person can ask for."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scored import Scored
from sklearn.metrics import log_loss
from torch.nn.functional import cross_entropy

from playground.metrics.history import PredictionHistory
from playground.metrics.mistakes import ORDERS, Answers, ordered


@pytest.fixture(scope="module")
def answers(scored: Scored) -> Answers:
    return Answers.of(scored.logits, scored.labels)


@pytest.fixture(scope="module")
def history(scored: Scored) -> PredictionHistory:
    said = np.stack([scored.logits.roll(turn, 0).argmax(1).numpy() for turn in (5, 0)]).astype(np.int8)
    return PredictionHistory((1, 2), scored.labels.numpy(), said)


def test_losses_are_those_of_pytorch_and_scikit_learn(scored: Scored, answers: Answers) -> None:
    expected = cross_entropy(scored.logits.double(), scored.labels, reduction="none").numpy()
    assert answers.loss == pytest.approx(expected)
    probabilities = scored.logits.double().softmax(1).numpy()
    assert answers.loss.mean() == pytest.approx(log_loss(scored.labels, probabilities, labels=range(10)))


def test_probabilities_and_margin(scored: Scored, answers: Answers) -> None:
    probabilities = scored.logits.double().softmax(1).numpy()
    assert answers.confidence == pytest.approx(probabilities.max(1))
    truth = probabilities[np.arange(len(scored.labels)), scored.labels]
    assert answers.truth == pytest.approx(truth)
    assert answers.margin == pytest.approx(probabilities.max(1) - truth)
    assert (answers.margin[~answers.wrong] == 0).all()
    assert (answers.margin[answers.wrong] > 0).all()


def test_a_truth_of_no_probability_keeps_a_finite_loss() -> None:
    found = Answers.of(torch.tensor([[1000.0] + 9 * [0.0]]), torch.tensor([4]))
    assert (found.truth[0], found.loss[0]) == (0, 1000)


@pytest.mark.parametrize("order", ORDERS)
def test_the_largest_comes_first_and_none_is_lost(
    order: str, answers: Answers, history: PredictionHistory
) -> None:
    found = ordered(answers.wrong, order, answers, history)
    assert set(found) == set(np.flatnonzero(answers.wrong))
    keys = ORDERS[order](answers, history)[found]
    assert (np.diff(keys) <= 0).all()
    for a, b in pairwise(found):
        if ORDERS[order](answers, history)[a] == ORDERS[order](answers, history)[b]:
            assert answers.loss[a] >= answers.loss[b]


def test_classes_can_be_chosen(answers: Answers) -> None:
    for true, said in ((None, None), (6, None), (None, 0), (6, 0)):
        chosen = answers.among(true, said)
        assert chosen.sum() == sum(
            (true is None or a == true) and (said is None or b == said)
            for a, b in zip(answers.labels, answers.said, strict=True)
        )
