"""Features in a plane, held against scikit-learn, SciPy and what is known of them."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

from playground.interpret.embedding import (
    COMPONENTS,
    NEIGHBOURS,
    Points,
    most_perplexity,
    nearest,
    neighbourhoods,
    plane,
    principal,
    turned,
)


def grouped(count: int = 300, width: int = 60, groups: int = 4, seed: int = 0) -> tuple[Points, np.ndarray]:
    """Groups of points around centres of their own, and which group each is of."""
    draw = np.random.default_rng(seed)
    group = draw.integers(0, groups, count)
    middles = draw.normal(size=(groups, width)) * 2
    return (middles[group] + draw.normal(size=(count, width))).astype(np.float32), group


def rotation(degrees: float, mirrored: bool = False) -> np.ndarray:
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return matrix @ np.diag([1.0, -1.0 if mirrored else 1.0])


class TestPrincipal:
    @pytest.mark.parametrize("width", [60, 1200])  # above 1,000 scikit-learn does it in another way
    def test_components_are_those_of_a_full_decomposition(self, width: int) -> None:
        features, _ = grouped(width=width)
        found = principal(features)
        assert found is not None
        exact = PCA(COMPONENTS, svd_solver="full").fit(features)
        assert found.shares[:2] == pytest.approx(exact.explained_variance_ratio_[:2], rel=1e-3)
        np.testing.assert_allclose(
            np.abs(found.scores[:, :2]), np.abs(exact.transform(features)[:, :2]), atol=0.02
        )
        assert (found.scores.shape, found.scores.dtype, found.width) == ((300, COMPONENTS), np.float32, width)
        np.testing.assert_allclose(found.scores.mean(0), 0, atol=1e-4)

    def test_the_same_features_give_the_same_picture(self) -> None:
        features, _ = grouped(width=1200)
        one, other = principal(features), principal(features.copy())
        assert one is not None
        assert other is not None
        assert np.array_equal(one.scores, other.scores)

    def test_features_that_are_all_the_same_have_none(self) -> None:
        assert principal(np.ones((20, 5), np.float32)) is None

    def test_a_single_number_an_image_is_a_line(self) -> None:
        found = principal(np.arange(10, dtype=np.float32)[:, None])
        assert found is not None
        assert found.shares.tolist() == [pytest.approx(1), 0]
        assert not found.scores[:, 1].any()


class TestTurned:
    @pytest.mark.parametrize("mirrored", [False, True])
    def test_a_turn_and_a_mirror_are_undone(self, mirrored: bool) -> None:
        onto = grouped(width=2)[0]
        points = (onto @ rotation(70, mirrored)).astype(np.float32) + 5
        np.testing.assert_allclose(turned(points, onto), onto - onto.mean(0), atol=1e-4)

    def test_distances_stay(self) -> None:
        points, onto = grouped(width=2, seed=1)[0], grouped(width=2, seed=2)[0]
        np.testing.assert_allclose(pdist(turned(points, onto)), pdist(points), rtol=1e-3, atol=1e-4)


class TestPlane:
    def test_alone_it_is_the_two_first_components(self) -> None:
        found = principal(grouped()[0])
        assert found is not None
        alone = plane(found)
        assert np.array_equal(alone.points, found.scores[:, :2])
        assert alone.shares == tuple(found.shares[:2])

    def test_turned_onto_another_it_holds_the_same_share(self) -> None:
        features, _ = grouped()
        draw = np.random.default_rng(3)
        later = features @ np.linalg.qr(draw.normal(size=(60, 60)))[0] + draw.normal(size=features.shape) / 2
        one, other = principal(features), principal(later.astype(np.float32))
        assert one is not None
        assert other is not None
        laid = plane(other, one)
        assert sum(laid.shares) == pytest.approx(other.shares[:2].sum())
        spread = laid.points.var(0)
        assert laid.shares[0] / laid.shares[1] == pytest.approx(spread[0] / spread[1], rel=1e-5)
        onto = one.scores[:, :2]
        assert ((laid.points - onto) ** 2).sum() <= ((other.scores[:, :2] - onto) ** 2).sum() + 1e-3
        assert np.corrcoef(laid.points.ravel(), onto.ravel())[0, 1] > 0.9


@pytest.fixture(scope="module")
def given() -> tuple[Points, Points, np.ndarray]:
    """What t-SNE is given, and the groups."""
    features, group = grouped()
    found = principal(features)
    assert found is not None
    return found.scores, plane(found).points, group


class TestNeighbourhoods:
    def test_it_is_the_t_sne_of_scikit_learn(self, given: tuple[Points, Points, np.ndarray]) -> None:
        scores, start, _ = given
        found = neighbourhoods(scores, start, 20, iterations=300)
        init = (start / start[:, 0].std() * 1e-4).astype(np.float32)
        method = TSNE(perplexity=20, init=init, max_iter=300, random_state=0)
        plain = method.fit_transform(scores)
        assert found.divergence == pytest.approx(method.kl_divergence_, rel=0.02)  # threads add up in any order
        assert found.trust == pytest.approx(trustworthiness(scores, plain, n_neighbors=NEIGHBOURS), abs=0.01)
        assert found.trust == pytest.approx(trustworthiness(scores, found.points, n_neighbors=NEIGHBOURS))
        assert found.trusted == len(scores)

    def test_it_keeps_groups_together_and_lies_like_its_start(
        self, given: tuple[Points, Points, np.ndarray]
    ) -> None:
        scores, start, group = given
        found = neighbourhoods(scores, start, 20, iterations=500)
        assert silhouette_score(found.points, group) > 0.5
        assert found.trust > 0.85
        np.testing.assert_allclose(
            turned(found.points, start), found.points, atol=1e-2
        )  # no turn brings it nearer

    def test_trust_is_measured_on_a_part_of_many(
        self, given: tuple[Points, Points, np.ndarray], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("playground.interpret.embedding.MOST_TRUSTED", 100)
        assert neighbourhoods(given[0], given[1], 10, iterations=250).trusted == 100

    def test_a_perplexity_has_three_times_as_many_neighbours(self) -> None:
        assert most_perplexity(301) == 100


def test_the_nearest_are_those_of_scikit_learn() -> None:
    points = grouped(width=2)[0]
    expected = NearestNeighbors(n_neighbors=7).fit(points).kneighbors(points[[12]])[1][0]
    assert nearest(points, 12, 7) == tuple(expected)
    assert nearest(np.zeros((5, 2), np.float32), 3, 2)[0] == 3
