"""Pictures within pictures: frames, mats, bars and screens are taken away, and nothing else is."""

import numpy as np
import pytest

from playground.data.images import FashionData
from playground.pictures.prepare import PreparedPicture, prepare
from playground.pictures.stages import FRAME
from tools.benchmarks.disturb import as_jpeg, difference
from tools.benchmarks.handed import alone, framed, letterboxed, screenshot

EACH = 12
WAYS = {"frame": framed, "bars": letterboxed, "screen": screenshot}


def names(prepared: PreparedPicture) -> list[str]:
    return [step.name for step in prepared.steps]


@pytest.mark.parametrize("jpeg", [False, True], ids=["PNG", "JPEG"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_around_a_picture_is_taken_away(sample: FashionData, way: str, jpeg: bool) -> None:
    rng, apart, found = np.random.default_rng(1), [], 0
    for garment in sample.test.pixels[:EACH].numpy():
        picture = alone(garment, rng)
        around = WAYS[way](picture, rng)
        prepared = prepare(as_jpeg(around, 85) if jpeg else around)
        found += FRAME in names(prepared)
        apart.append(difference(prepared.pixels, prepare(picture).pixels))
    assert found >= EACH - 3
    assert np.median(apart) < 8


def test_a_picture_alone_has_no_frame(sample: FashionData) -> None:
    rng, taken = np.random.default_rng(2), 0
    bags = sample.test.pixels[sample.test.labels == 8][:40].numpy()
    for garment in (*sample.test.pixels[:40].numpy(), *bags):
        for picture in (alone(garment, rng), np.kron(garment, np.ones((6, 6), np.uint8))):
            taken += FRAME in names(prepare(picture))
    assert taken <= 1  # a dress may be as straight as a picture


def test_what_was_found_is_said_and_can_be_left_out(sample: FashionData) -> None:
    picture = alone(sample.test.pixels[0].numpy(), np.random.default_rng(3))
    height, width = picture.shape[:2]
    red = np.full((height + 60, width + 60, 3), (200, 30, 40), np.uint8)
    red[30:-30, 30:-30] = picture
    prepared = prepare(red)
    (step,) = [each for each in prepared.steps if each.name == FRAME]
    assert "a frame (200, 30, 40 of 255)" in step.explanation
    assert f"{width} × {height} of the {width + 60} × {height + 60} pixels" in step.explanation
    assert prepared.notes == (step.explanation,)
    assert np.array_equal(prepared.pixels, prepare(picture).pixels)
    assert FRAME not in names(prepare(red, without=[FRAME]))


def test_rings_that_jpeg_makes_of_a_frame_are_one(sample: FashionData) -> None:
    picture = alone(sample.test.pixels[0].numpy(), np.random.default_rng(3))
    framed_twice = np.pad(picture, ((30, 30), (30, 30), (0, 0)), constant_values=4)
    framed_twice = np.pad(framed_twice, ((30, 30), (30, 30), (0, 0)), constant_values=0)
    (step,) = [each for each in prepare(framed_twice).steps if each.name == FRAME]
    assert step.explanation.startswith("The picture lies within a frame (0, 0, 0 of 255): ")
    assert np.array_equal(prepare(framed_twice).pixels, prepare(picture).pixels)


def test_an_image_of_the_data_in_a_border_is_that_image(sample: FashionData) -> None:
    """But for white garments that reach the border."""
    garments = sample.test.pixels[:10].numpy()
    same = [np.array_equal(prepare(np.pad(each, 3, constant_values=255)).pixels, each) for each in garments]
    assert sum(same) >= 8
