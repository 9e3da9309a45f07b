"""Garments on discs and cards, as icons show them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from playground.pictures.prepare import prepare
from playground.pictures.stages import FRAME, PLATE, SHADOW
from tools.benchmarks.disturb import difference

CLEAR, WHITE, TEAL, RED, CREAM = (
    (0, 0, 0, 0),
    (255, 255, 255, 255),
    (20, 120, 130, 255),
    (200, 30, 40, 255),
    (250, 235, 200, 255),
)
SHIRT = [
    (60, 40),
    (140, 40),
    (180, 75),
    (165, 105),
    (145, 90),
    (145, 165),
    (55, 165),
    (55, 90),
    (35, 105),
    (20, 75),
]
SIDE, MARGIN = 200, 60


def picture(plate: str, ground: tuple[int, ...], colour: tuple[int, ...] = TEAL) -> np.ndarray:
    """A shirt on a plate, RGBA."""
    image = Image.new("RGBA", (SIDE + 2 * MARGIN,) * 2, ground)
    draw, box = ImageDraw.Draw(image), (20, 20, SIDE + 2 * MARGIN - 20, SIDE + 2 * MARGIN - 20)
    if plate == "disc":
        draw.ellipse(box, fill=colour)
    else:
        draw.rounded_rectangle(box, radius=45 if plate == "round" else 0, fill=colour)
    draw.polygon([(x + MARGIN, y + MARGIN) for x, y in SHIRT], fill=RED)
    return np.asarray(image)


def names(pictured: np.ndarray) -> list[str]:
    return [step.name for step in prepare(pictured).steps]


@pytest.fixture(scope="module")
def alone() -> np.ndarray:
    """The shirt as it is read on nothing but a large sheet of the plate's colour."""
    image = Image.new("RGB", (SIDE + 2 * MARGIN,) * 2, TEAL[:3])
    ImageDraw.Draw(image).polygon([(x + MARGIN, y + MARGIN) for x, y in SHIRT], fill=RED)
    return prepare(np.asarray(image)).pixels


@pytest.mark.parametrize("ground", [CLEAR, WHITE, CREAM], ids=["transparent", "white", "cream"])
@pytest.mark.parametrize("plate", ["disc", "card", "round"])
def test_a_plate_is_paper(plate, ground, alone):
    prepared = prepare(picture(plate, ground), without=[FRAME])
    assert PLATE in [step.name for step in prepared.steps]
    assert difference(prepared.pixels, alone) < 2
    said = next(step.explanation for step in prepared.steps if step.name == PLATE)
    assert ("on a disc" if plate == "disc" else "on a card") in said


@pytest.mark.parametrize("ground", [WHITE, CREAM], ids=["white", "cream"])
def test_a_card_on_paper_is_read_alike_as_a_picture_in_a_frame(ground, alone):
    assert FRAME in names(picture("card", ground))
    assert difference(prepare(picture("card", ground)).pixels, alone) < 2


def test_without_the_step_the_plate_is_the_garment(alone):
    prepared = prepare(picture("disc", WHITE), without=[PLATE])
    assert PLATE not in [step.name for step in prepared.steps]
    assert difference(prepared.pixels, alone) > 50


def test_a_plate_whose_colour_changes_from_one_side_to_the_other(alone):
    pictured = picture("disc", CLEAR).astype(float)
    darker = np.linspace(1.0, 0.75, pictured.shape[0])[:, None, None]
    on_plate = (pictured[:, :, :3] == TEAL[:3]).all(axis=2)[:, :, None]
    pictured[:, :, :3] = np.where(on_plate, pictured[:, :, :3] * darker, pictured[:, :, :3])
    prepared = prepare(pictured.astype(np.uint8))
    assert PLATE in [step.name for step in prepared.steps]
    assert difference(prepared.pixels, alone) < 20


def test_a_shadow_that_runs_out_of_the_plate_is_no_part_of_the_garment(alone):
    pictured = picture("disc", CLEAR)
    shade = Image.fromarray(np.zeros(pictured.shape[:2], np.uint8))
    for step in range(SIDE):
        ImageDraw.Draw(shade).polygon([(x + MARGIN + step, y + MARGIN + step) for x, y in SHIRT], fill=255)
    on_plate = (pictured == TEAL).all(axis=2) & (np.asarray(shade) > 0)
    pictured = np.where(on_plate[:, :, None], np.array([14, 84, 91, 255], np.uint8), pictured)
    prepared = prepare(pictured)
    assert [step.name for step in prepared.steps][2:4] == [PLATE, SHADOW]
    assert difference(prepared.pixels, alone) < 4


@pytest.mark.parametrize(
    ("outline", "inner"),
    [
        ((30, 80, 290, 270), (140, 150, 180, 190)),  # a purse with a clasp
        ((20, 55, 300, 265), (80, 110, 240, 220)),  # a purse with a large pocket
        ((95, 45, 225, 275), (115, 140, 205, 250)),  # a suitcase with a pocket
        ((110, 110, 210, 210), (130, 140, 190, 190)),  # a small square bag with a pocket
    ],
)
def test_a_bag_is_no_plate(outline, inner):
    image = Image.new("RGB", (320, 320), WHITE[:3])
    ImageDraw.Draw(image).rounded_rectangle(outline, radius=12, fill=TEAL[:3])
    ImageDraw.Draw(image).rectangle(inner, fill=CREAM[:3])
    assert PLATE not in names(np.asarray(image))


def test_a_shape_that_is_not_plain_is_no_plate():
    image = Image.new("RGB", (320, 320), WHITE[:3])
    bag = [(70, 40), (250, 40), (300, 290), (20, 290)]
    ImageDraw.Draw(image).polygon(bag, fill=TEAL[:3])
    ImageDraw.Draw(image).rectangle((120, 110, 200, 200), fill=CREAM[:3])
    assert PLATE not in names(np.asarray(image))


def test_a_frame_around_a_garment_is_no_plate():
    image = Image.new("RGB", (320, 320), WHITE[:3])
    ImageDraw.Draw(image).rectangle((20, 20, 300, 300), outline=TEAL[:3], width=4)
    ImageDraw.Draw(image).polygon([(x + MARGIN, y + MARGIN) for x, y in SHIRT], fill=RED[:3])
    assert PLATE not in names(np.asarray(image))


def test_a_square_with_nothing_on_it_is_no_plate():
    image = Image.new("RGB", (320, 320), WHITE[:3])
    ImageDraw.Draw(image).rectangle((60, 60, 260, 260), fill=TEAL[:3])
    assert PLATE not in names(np.asarray(image))


def test_a_pattern_up_to_the_edge_is_no_plate():
    image = Image.new("RGB", (320, 320), WHITE[:3])
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 260, 260), fill=TEAL[:3])
    for left in range(60, 260, 40):
        draw.rectangle((left, 60, left + 20, 260), fill=CREAM[:3])
    assert PLATE not in names(np.asarray(image))


def test_in_a_tiny_picture_nothing_is_told_apart():
    image = Image.new("RGB", (26, 26), WHITE[:3])
    ImageDraw.Draw(image).rectangle((2, 2, 23, 23), fill=TEAL[:3])
    ImageDraw.Draw(image).rectangle((9, 9, 16, 16), fill=CREAM[:3])
    assert PLATE not in names(np.asarray(image))
