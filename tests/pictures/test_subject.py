"""Several things in a picture: one is taken, and a garment in parts stays whole."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from playground.data.classes import SIDE
from playground.data.images import FashionData
from playground.pictures.prepare import PreparedPicture, prepare
from playground.pictures.stages import ONE
from tools.benchmarks.disturb import Page, as_jpeg, difference, in_a_row, on_paper

PAGE = Page(side=160, margin=(0.15, 0.15))
SHOES = (5, 7, 9)


@pytest.fixture
def shoes(sample: FashionData) -> list[np.ndarray]:
    """Test images of sandals, sneakers and ankle boots."""
    found = [image for image, label in zip(sample.test.pixels, sample.test.labels, strict=True) if label in SHOES]
    return [each.numpy() for each in found[:15]]


def names(prepared: PreparedPicture) -> list[str]:
    return [step.name for step in prepared.steps]


def alone(garment: np.ndarray) -> np.ndarray:
    return prepare(on_paper(garment, np.random.default_rng(1), PAGE)).pixels


def drawn(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (320, 320)) -> np.ndarray:
    """Black boxes (left, top, right, bottom) on white."""
    image = Image.new("L", size, 255)
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=0)
    return np.asarray(image)


@pytest.mark.parametrize("count", [2, 3])
def test_of_shoes_in_a_row_one_is_left(shoes, count):
    one, all_of_them = [], []
    for shoe in shoes:
        picture = as_jpeg(in_a_row([shoe] * count, np.random.default_rng(1), PAGE))
        prepared = prepare(picture)
        assert names(prepared)[2] == ONE
        one.append(difference(prepared.pixels, alone(shoe)))
        all_of_them.append(difference(prepare(picture, without=[ONE]).pixels, alone(shoe)))
    assert np.median(one) < 8
    assert np.median(all_of_them) > 20


def test_the_other_of_a_pair_may_be_mirrored(shoes):
    for shoe in shoes:
        prepared = prepare(in_a_row([shoe, shoe[:, ::-1]], np.random.default_rng(1), PAGE))
        assert "alike lie side by side" in prepared.steps[2].explanation
        one, other = (alone(each) for each in (shoe, shoe[:, ::-1]))
        assert min(difference(prepared.pixels, one), difference(prepared.pixels, other)) < 20


def test_a_small_thing_beside_a_garment_is_left_out(sample):
    for garment in sample.test.pixels[:30].numpy():
        small = np.zeros((SIDE, SIDE), np.uint8)
        small[11:16, 11:16] = 200
        prepared = prepare(in_a_row([garment, small], np.random.default_rng(1), PAGE))
        assert names(prepared)[2] == ONE
        assert difference(prepared.pixels, alone(garment)) < 8


def test_of_two_garments_the_larger_is_taken():
    wide = prepare(drawn((40, 40, 280, 160), (100, 220, 220, 300)))
    assert "one above the other" in wide.steps[2].explanation
    assert difference(wide.pixels, prepare(drawn((40, 40, 280, 160))).pixels) == 0


@pytest.mark.parametrize(
    "parts",
    [
        [(80, 20, 140, 300), (180, 20, 240, 300)],  # the halves of an open coat
        [(100, 20, 140, 300), (170, 20, 210, 300)],  # the legs of trousers
        [(60, 40, 260, 80), (60, 110, 260, 150), (60, 180, 260, 220), (60, 250, 260, 290)],  # stripes
        [(20, 100, 70, 200), (85, 60, 235, 280), (250, 100, 300, 200)],  # sleeves that do not touch
        [(120, 60, 200, 75), (60, 87, 260, 280)],  # a handle
    ],
)
def test_a_garment_in_parts_stays_whole(parts):
    assert ONE not in names(prepare(drawn(*parts)))


def test_a_garment_of_the_data_is_one_thing(sample):
    rng = np.random.default_rng(3)
    pages = (as_jpeg(on_paper(image, rng, Page(side=160))) for image in sample.test.pixels[:100].numpy())
    # of all 10,000 two are not: shirts with stripes as light as the paper
    assert sum(ONE in names(prepare(page)) for page in pages) <= 1


def test_a_page_of_writing_is_no_work():
    rows = [(10, top, 10 + 3 * top, top + 3) for top in range(10, 310, 8)]
    words = [(left, top, left + 4, top + 3) for top in range(10, 310, 8) for left in range(10, 300, 7)]
    for page in (rows, words):
        assert prepare(drawn(*page)).pixels.shape == (SIDE, SIDE)
