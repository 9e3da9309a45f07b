"""Strokes on black, and over an image of the data set."""

import numpy as np
import pytest

from playground.pictures.painting import on_black, painted_over

SIDE = 280


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


def strokes() -> np.ndarray:
    return np.zeros((SIDE, SIDE, 4), np.uint8)


def test_without_a_stroke_it_stays_as_it_is(image: np.ndarray) -> None:
    assert painted_over(image, None) is image
    assert np.array_equal(painted_over(image, strokes()), image)


def test_white_and_black_ink_cover_their_pixels_and_no_others(image: np.ndarray) -> None:
    drawn = strokes()
    drawn[30:50, 100:140] = 255
    drawn[200:210, 0:10] = (0, 0, 0, 255)
    found = painted_over(image, drawn)
    expected = image.copy()
    expected[3:5, 10:14] = 255
    expected[20, 0] = 0
    assert np.array_equal(found, expected)


def test_half_a_pixel_of_ink_is_half_as_light() -> None:
    drawn = strokes()
    drawn[0:5, 0:10] = 255
    assert painted_over(np.zeros((28, 28), np.uint8), drawn)[0, 0] == 128


def test_strokes_on_black_show_as_much_as_they_cover() -> None:
    drawn = strokes()
    drawn[10:20, 10:20] = 255
    drawn[30:40, 10:20] = (0, 0, 0, 255)
    drawn[50:60, 10:20] = (255, 255, 255, 128)
    found = on_black(drawn)
    assert found.shape == (SIDE, SIDE, 3)
    assert [found[row, 15].tolist() for row in (0, 15, 35, 55)] == [[0] * 3, [255] * 3, [0] * 3, [128] * 3]
