"""Near-duplicates: against scikit-learn, on pairs that were planted, and on the published images."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import pairwise_distances

from playground.data.images import FashionData
from playground.data.sources.originals import DEBIAN_FOLDER
from playground.metrics.near_duplicates import FARTHEST, NEAR, Pairs, Share, compare, together, with_and_without


def compared(first: torch.Tensor, second: torch.Tensor | None = None, farthest: float = FARTHEST) -> Pairs:
    return together([pairs for _, pairs in compare(first, second, farthest)])


def by_scikit_learn(first: torch.Tensor, second: torch.Tensor) -> np.ndarray:
    a, b = first.flatten(1).double().numpy(), second.flatten(1).double().numpy()
    lengths = np.sqrt(np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)))
    return pairwise_distances(a, b) / lengths


def test_distances_are_those_of_scikit_learn(sample: FashionData) -> None:
    first, second = sample.test.pixels[:300], sample.train.pixels[:700]
    expected = by_scikit_learn(first, second)
    pairs = compared(first, second, 0.3)
    assert {*zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)} == {
        *zip(*(each.tolist() for each in np.nonzero(expected <= 0.3)), strict=True)
    }
    assert len(pairs) > 10
    assert pairs.distances == pytest.approx(expected[pairs.first, pairs.second])
    assert (np.diff(pairs.distances) >= 0).all()


def test_each_pair_within_a_set_comes_once(sample: FashionData) -> None:
    pixels = sample.train.pixels[:600]
    expected = np.triu(by_scikit_learn(pixels, pixels) <= 0.3, 1)
    pairs = compared(pixels, farthest=0.3)
    assert (pairs.first < pairs.second).all()
    assert len(pairs) == expected.sum() > 10


def test_planted_pairs_are_found(sample: FashionData) -> None:
    """The same pixels twice, and the same garment a shade darker; another garment is not near."""
    test, train = sample.test.pixels[:100].clone(), sample.train.pixels[:1000].clone()
    before = compared(test, train, NEAR)
    train[7] = test[3]
    train[9] = (test[4].float() * 0.97).round().to(torch.uint8)
    pairs = compared(test, train, NEAR)
    found = dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.distances, strict=True))
    assert found[3, 7] == 0
    assert 0 < found[4, 9] < 0.05
    assert len(pairs) <= len(before) + 2


def test_the_share_grows_to_one(sample: FashionData) -> None:
    shares = [share for share, _ in compare(sample.train.pixels[:1100], None)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) == 5


def test_black_images_are_no_fault() -> None:
    black = torch.zeros(3, 28, 28, dtype=torch.uint8)
    assert len(compared(black)) == 3
    assert len(compared(black[:0])) == 0


def test_accuracy_with_and_without_by_hand() -> None:
    right = np.array([True, True, False, True, False])
    everything, without, alone = with_and_without(right, np.array([0, 4, 4]))
    assert (everything, without, alone) == (Share(5, 3), Share(3, 2), Share(2, 1))
    assert without.accuracy == pytest.approx(2 / 3)
    assert without.error == pytest.approx(math.sqrt(2 / 3 * 1 / 3 / 3))
    nothing = with_and_without(right, np.zeros(0, np.int64))[2]
    assert (nothing.accuracy, nothing.error) == (None, None)


@pytest.mark.full_data
def test_no_published_image_is_there_twice_to_the_pixel() -> None:
    """Those that were, were replaced in 2017: zalandoresearch/fashion-mnist, pull request 45."""
    if not DEBIAN_FOLDER.is_dir():
        pytest.skip("the full set is not here")
    from playground.data.sources.originals import read_full

    full = read_full(DEBIAN_FOLDER, "debian", lambda *_: None)
    rows = [bytes(image) for part in (full.train, full.test) for image in part.pixels.flatten(1).numpy()]
    assert len(set(rows)) == len(rows) == 70_000
