"""Many features laid out in a plane: principal components at once, t-SNE with patience. Without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

COMPONENTS = 50
"""Principal components that t-SNE is given, as van der Maaten and Hinton did with images (2008, section 4.2)."""
PERPLEXITIES = (10, 30, 50)
ITERATIONS = 1000
NEIGHBOURS = 12  # whose places trustworthiness compares
MOST_TRUSTED = 2000  # images it is measured on: it compares each with each

Points = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Principal:
    """Features along their principal components.

    Attributes:
        scores: float32 [n, k], k from 2 to COMPONENTS, centred; the most telling component first.
        shares: float64 [k], the share of the features' variance that each component holds, 0 to 1.
        width: How many numbers each image had.
    """

    scores: Points
    shares: NDArray[np.float64]
    width: int


@dataclass(frozen=True, eq=False)
class Projection:
    """Images in a plane: float32 [n, 2], and the share of the features' variance along each of its two axes."""

    points: Points
    shares: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """What t-SNE made of features.

    Attributes:
        points: float32 [n, 2].
        divergence: Kullback-Leibler divergence between neighbourhoods in the plane and in the features, nats.
        trust: Trustworthiness of the NEIGHBOURS nearest in the plane, 0 to 1, among the first `trusted` images.
    """

    points: Points
    divergence: float
    trust: float
    trusted: int


def principal(features: Points, seed: int = 0) -> Principal | None:
    """The principal components of features, float32 [n, d]; None if all images have the same.

    Of more than 1,000 numbers an image they are found by a randomised method (Halko et al. 2011), which the seed
    makes repeatable.
    """
    count, width = features.shape
    if not (features != features[0]).any():
        return None
    found = PCA(min(COMPONENTS, count, width), random_state=seed)
    scores = found.fit_transform(features).astype(np.float32)
    shares = found.explained_variance_ratio_.astype(np.float64)
    if scores.shape[1] == 1:  # a single number an image: they lie on a line
        scores, shares = np.pad(scores, ((0, 0), (0, 1))), np.pad(shares, (0, 1))
    return Principal(scores, shares, width)


def turned(points: Points, onto: Points) -> Points:
    """Points [n, 2] turned and mirrored as a whole, so that each comes as near as can be to its partner in `onto`.

    Orthogonal Procrustes (Schönemann 1966) after both are centred: distances stay what they are.
    """
    centred = points - points.mean(0)
    rotation, _ = orthogonal_procrustes(centred, onto - onto.mean(0))
    turned: Points = (centred @ rotation).astype(np.float32)
    return turned


def plane(found: Principal, like: Principal | None = None) -> Projection:
    """The plane of the two strongest principal components, turned onto that of another epoch where one is given.

    A component's sign is a coin's throw, and two of like strength change places from epoch to epoch: unturned, the
    same picture would jump. The plane itself, and what the two axes hold together, stay what they are.
    """
    flat, shares = found.scores[:, :2], found.shares[:2]
    if like is None:
        return Projection(flat, (float(shares[0]), float(shares[1])))
    points = turned(flat, like.scores[:, :2])
    along = points.var(0, dtype=np.float64)
    first, second = along / along.sum() * shares.sum()
    return Projection(points, (float(first), float(second)))


def most_perplexity(count: int) -> float:
    """The largest perplexity that makes sense for so many images: three times as many neighbours are looked at."""
    return (count - 1) / 3


def neighbourhoods(
    scores: Points, start: Points, perplexity: float, seed: int = 0, iterations: int = ITERATIONS, verbose: int = 0
) -> Neighbourhoods:
    """Lay images out so that those with similar features are neighbours: t-SNE, Barnes-Hut, of scikit-learn.

    It starts from a plane, shrunk, as scikit-learn does with its own principal components (Kobak and Berens 2019:
    so it keeps more of where the groups lie), and the result is turned onto that plane. On one thread the same
    input gives the same picture.

    Args:
        scores: float32 [n, k], `Principal.scores`.
        start: float32 [n, 2], `Projection.points`.
        perplexity: About how many neighbours of an image count, below `most_perplexity`.
        seed: Breaks ties.
        iterations: At least 250.
        verbose: With 2 scikit-learn writes a line to standard output every 50 iterations.
    """
    method = TSNE(
        perplexity=perplexity,
        init=(start / start[:, 0].std() * 1e-4).astype(np.float32),
        max_iter=iterations,
        random_state=seed,
        verbose=verbose,
    )
    points = turned(method.fit_transform(scores).astype(np.float32), start)
    trusted = min(len(scores), MOST_TRUSTED)
    trust = trustworthiness(scores[:trusted], points[:trusted], n_neighbors=min(NEIGHBOURS, (trusted - 1) // 2))
    return Neighbourhoods(points, float(method.kl_divergence_), float(trust), trusted)


def nearest(points: Points, index: int, count: int) -> tuple[int, ...]:
    """The image of an index and those nearest to it in the plane, nearest first: `count` in all."""
    away = ((points - points[index]) ** 2).sum(1)
    away[index] = -1
    return tuple(int(each) for each in np.argsort(away, kind="stable")[:count])
