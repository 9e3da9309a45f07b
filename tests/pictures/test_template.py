"""Templates to trace, from the real images."""

import numpy as np
import pytest

from playground.data.images import FashionData
from playground.pictures.template import template, typical

SIDE = 280


@pytest.mark.parametrize("label", range(10))
def test_a_template_is_faint_and_shows_its_class(sample: FashionData, label: int) -> None:
    images = sample.train.pixels[sample.train.labels == label].numpy()
    found = template(images, SIDE)
    assert found.shape == (SIDE, SIDE)
    assert found.dtype == np.uint8
    assert found.max() < 140  # of 255: white strokes stand out
    assert found[:25].max() == found[:, -25:].max() == 0  # room for a brush
    assert 0.02 < (found > 100).mean() < 0.1  # an outline
    cloth = (found > 0)[28:-28, 28:-28].reshape(28, 8, 28, 8).mean(axis=(1, 3)) > 0.5
    assert (cloth == (typical(images) > 60)).mean() > 0.85


def test_the_typical_image_is_one_of_them_whatever_its_light() -> None:
    shape = np.zeros((28, 28), np.uint8)
    shape[5:20, 8:20] = 1
    odd = np.zeros((28, 28), np.uint8)
    odd[:4] = 250
    images = np.stack([shape * 200, odd, shape * 90, shape * 250])
    images[0, 25, 25] = images[3, 26, 3] = 220
    assert np.array_equal(typical(images), images[2])
