"""Dark, faint and wrapped pictures are read as if they were not, or refused with what was found."""

import numpy as np
import pytest

from playground.data.images import FashionData
from playground.errors import PictureError
from playground.pictures.prepare import prepare
from playground.pictures.stages import LIGHTER
from tools.benchmarks.disturb import difference
from tools.benchmarks.handed import alone, dark, faint, grainy


@pytest.mark.parametrize("highest", [2, 3, 7, 15, 31, 63, 127])
def test_a_dark_image_of_the_data_is_made_lighter(sample: FashionData, highest: int) -> None:
    for garment in sample.test.pixels[:20].numpy():
        prepared = prepare(np.rint(garment * (highest / 255)).astype(np.uint8))
        assert prepared.steps[1].name == LIGHTER
        assert f"its highest value {highest} of 255" in prepared.notes[0]
        assert difference(prepared.pixels, garment) <= 128 / highest


def test_dark_pictures_of_any_size_are_read_as_light_ones(sample: FashionData) -> None:
    rng, apart = np.random.default_rng(1), []
    for garment in sample.test.pixels[:20].numpy():
        picture = alone(garment, rng)
        apart.append(difference(prepare(dark(picture, rng)).pixels, prepare(picture).pixels))
    assert np.median(apart) < 10


def test_images_of_the_data_are_left_alone(sample: FashionData) -> None:
    for garment in sample.test.pixels[:500].numpy():
        assert np.array_equal(prepare(garment).pixels, garment)


@pytest.mark.parametrize("way", [faint, grainy])
def test_a_faint_garment_is_brought_out(sample: FashionData, way) -> None:
    rng, apart = np.random.default_rng(1), []
    for garment in sample.test.pixels[:20].numpy():
        try:
            apart.append(difference(prepare(way(garment, rng)).pixels, garment))
        except PictureError as error:
            assert "levels" in str(error) or "contrast" in str(error)  # noqa: PT017  refused with what was found
    assert len(apart) >= 15
    assert np.median(apart) < 25


@pytest.mark.parametrize("light", [0.0, 40.0, 250.0])
def test_grain_alone_is_refused(light: float) -> None:
    grain = np.random.default_rng(0).normal(light, 2, (300, 300, 3)).clip(0, 255).astype(np.uint8)
    with pytest.raises(PictureError, match=r"contrast is|nearly black"):
        prepare(grain)


def test_floats_as_bytes_are_refused_with_the_highest_value(sample: FashionData) -> None:
    garment = sample.test.pixels[0].numpy()
    for picture in ((garment > 0).astype(np.uint8), (garment // 255).astype(np.uint8)):
        with pytest.raises(PictureError, match="nearly black: its highest value is 1 of 255"):
            prepare(picture)


def test_wrapped_numbers_are_refused(sample: FashionData) -> None:
    """But for garments without pure white: of those a black shape on white is left, which is read as one."""
    refused = 0
    for garment in sample.test.pixels[:20].numpy():
        wrapped = (garment / 127.5 - 1).astype(np.int8).astype(np.uint8)
        for picture in (wrapped, np.kron(wrapped, np.ones((10, 10), np.uint8))):
            if garment.max() == 255:
                with pytest.raises(PictureError, match="stored as bytes"):
                    prepare(picture)
                refused += 1
            else:
                assert prepare(picture).pixels.any()
    assert refused >= 10


def test_black_and_white_are_not_wrapped() -> None:
    picture = np.full((28, 28), 255, np.uint8)
    picture[4:24, 8:20] = 0
    assert prepare(picture).pixels.any()
