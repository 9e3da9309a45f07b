"""Confident learning: against numbers by hand, and on labels that were made wrong on purpose."""

import numpy as np
import pytest
import torch
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from scored import Scored
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits
from torch.nn.functional import avg_pool2d

from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData
from playground.metrics.label_issues import find_label_issues as ours


def confident(labels: list[int], sure: float = 0.91) -> np.ndarray:
    """Rows that give one class a high probability and the other nine the rest."""
    rows = np.full((len(labels), 10), (1 - sure) / 9)
    rows[np.arange(len(labels)), labels] = sure
    return rows


def test_a_planted_label_by_hand() -> None:
    """A hundred images of ten classes, all recognised; one says it is a Shirt where the network sees a Bag."""
    truth = [n % 10 for n in range(100)]
    labels = np.array(truth)
    labels[38] = 6  # truly a Bag
    (issue,) = ours(confident(truth), labels)
    assert (issue.index, CLASS_NAMES[issue.label], CLASS_NAMES[issue.likelier]) == (38, "Shirt", "Bag")
    assert issue.label_probability == pytest.approx(0.01)
    assert issue.likelier_probability == pytest.approx(0.91)
    assert issue.quality == pytest.approx((1 + 0.01 - 0.91) / 2)


def test_nothing_is_doubted_where_all_agrees() -> None:
    truth = [n % 10 for n in range(100)]
    assert ours(confident(truth), np.array(truth)) == ()
    assert ours(np.zeros((0, 10)), np.zeros(0, np.int64)) == ()


def test_they_are_the_labels_that_cleanlab_doubts(scored: Scored) -> None:
    probabilities, labels = scored.logits.double().softmax(1).numpy(), scored.labels.numpy()
    found = ours(probabilities, labels)
    flagged = np.flatnonzero(find_label_issues(labels, probabilities, n_jobs=1))
    assert sorted(issue.index for issue in found) == flagged.tolist()
    assert 0 < len(flagged) < len(labels)
    for issue in found:
        row = probabilities[issue.index]
        assert issue.label == labels[issue.index]
        assert (issue.label_probability, issue.likelier_probability) == (row[issue.label], row.max())


def test_labels_made_wrong_among_real_images_are_found(sample: FashionData) -> None:
    """Bags given as trousers: scikit-learn's probabilities, out of sample by its own folds."""
    take = torch.cat([torch.nonzero(sample.train.labels == c)[:60, 0] for c in range(10)])
    images = sample.train.take(take)
    labels = images.labels.numpy().copy()
    planted = np.flatnonzero(labels == CLASS_NAMES.index("Bag"))[:6]
    labels[planted] = CLASS_NAMES.index("Trouser")
    model = LogisticRegression(max_iter=300)
    pixels = avg_pool2d(images.pixels.float(), 2).flatten(1).numpy() / 255
    with threadpool_limits(1):  # for so small a matrix more threads only wait for each other
        probabilities = cross_val_predict(model, pixels, labels, cv=5, method="predict_proba")
    found = ours(probabilities, labels)
    assert set(planted.tolist()) <= {issue.index for issue in found}
    qualities = get_label_quality_scores(labels, probabilities, method="normalized_margin")
    for issue in found:
        row = probabilities[issue.index]
        assert issue.quality == pytest.approx(qualities[issue.index])
        assert issue.label_probability == pytest.approx(row[issue.label])
        assert issue.likelier == row.argmax() != issue.label
    assert [issue.quality for issue in found] == sorted(issue.quality for issue in found)
