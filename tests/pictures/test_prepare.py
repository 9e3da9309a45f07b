import gzip
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from playground.data.classes import SIDE
from playground.errors import PictureError
from playground.pictures.prepare import prepare
from playground.pictures.stages import FILLED, FULL_RANGE, GREYED, OPTIONAL, SEAMS, THICKENED
from tools.benchmarks.disturb import Page, as_jpeg, difference, on_paper, transparent

DEBIAN = Path("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz")


def drawn(*shapes: tuple[list[tuple[int, int]], int]) -> np.ndarray:
    """28x28, polygons of a grey each on black, with a little texture as fabric has."""
    image = Image.new("L", (SIDE, SIDE))
    for outline, grey in shapes:
        ImageDraw.Draw(image).polygon(outline, fill=grey)
    pixels = np.asarray(image).astype(int)
    texture = np.random.default_rng(0).integers(-15, 16, pixels.shape)
    return np.where(pixels > 0, np.clip(pixels + texture, 1, 255), 0).astype(np.uint8)


SHIRT = [(8, 0), (19, 0), (27, 5), (24, 11), (20, 8), (20, 27), (7, 27), (7, 8), (3, 11), (0, 5)]
TROUSERS = [(9, 0), (18, 0), (20, 27), (15, 27), (13, 8), (12, 27), (8, 27)]
BOOT = [(14, 3), (26, 3), (27, 24), (0, 24), (1, 18), (12, 14)]


def bar(left: int, top: int, right: int, bottom: int) -> list[tuple[int, int]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


GARMENTS = {
    "shirt": drawn((SHIRT, 180), (bar(9, 8, 18, 14), 240)),
    "trousers": drawn((TROUSERS, 220)),
    "bag": drawn((bar(0, 6, 27, 27), 120), (bar(9, 0, 18, 5), 60), (bar(3, 10, 24, 14), 235)),
    "boot": drawn((BOOT, 200), (bar(0, 22, 27, 24), 90)),
}


@pytest.fixture(params=GARMENTS.values(), ids=GARMENTS.keys())
def garment(request) -> np.ndarray:
    """One garment with its lightest pixel at 255, as every image of the data set has."""
    pixels = request.param.astype(float)
    return np.rint(pixels * (255 / pixels.max())).astype(np.uint8)


def test_an_image_in_form_is_left_as_it_is(garment):
    for picture in (garment, np.repeat(garment[:, :, None], 3, axis=2)):
        prepared = prepare(picture)
        assert np.array_equal(prepared.pixels, garment)
        assert len(prepared.steps) == 1


def test_a_negative_of_28_by_28_is_turned_back(garment):
    assert difference(prepare(255 - garment).pixels, garment) < 2


@pytest.mark.full_data
def test_every_test_image_is_left_as_it_is_and_every_negative_turned_back():
    if not DEBIAN.exists():
        pytest.skip("Debian's dataset-fashion-mnist is not installed")
    images = np.frombuffer(gzip.decompress(DEBIAN.read_bytes()), np.uint8, offset=16).reshape(-1, SIDE, SIDE)
    assert all(np.array_equal(prepare(image).pixels, image) for image in images)
    turned = [difference(prepare(255 - image).pixels, image) for image in images[:500]]
    assert np.median(turned) < 2


def test_a_garment_on_paper_becomes_itself(garment):
    rng = np.random.default_rng(1)
    for _ in range(8):
        assert difference(prepare(on_paper(garment, rng)).pixels, garment) < 9


def test_place_paper_and_ink_do_not_matter(garment):
    rng = np.random.default_rng(2)
    first, *others = (prepare(on_paper(garment, rng, Page(margin=(0.4, 0.4)))).pixels for _ in range(6))
    assert max(difference(first, other) for other in others) < 3


def test_margin_does_not_matter(garment):
    rng = np.random.default_rng(3)
    sizes = [prepare(on_paper(garment, rng, Page(margin=(m, m)))).pixels for m in (0.0, 0.1, 0.3, 0.5)]
    assert max(difference(sizes[1], other) for other in sizes) < 9


def test_polarity_does_not_matter(garment):
    for seed in range(4):
        dark = prepare(on_paper(garment, np.random.default_rng(seed)))
        light = prepare(on_paper(garment, np.random.default_rng(seed), Page(light_on_dark=True)))
        assert difference(dark.pixels, light.pixels) < 2
        assert "inverted" in dark.steps[1].explanation
        assert "kept" in light.steps[1].explanation


def test_transparent_pictures(garment):
    for seed in range(4):
        dark = prepare(transparent(garment, np.random.default_rng(seed)))
        light = prepare(transparent(garment, np.random.default_rng(seed), Page(light_on_dark=True)))
        assert difference(dark.pixels, garment) < 9
        assert difference(dark.pixels, light.pixels) < 2


@pytest.mark.parametrize(
    ("page", "quality"),
    [
        (Page(gradient=0.3), None),
        (Page(gradient=0.3, light_on_dark=True), None),
        (Page(noise=4), None),
        (Page(), 60),
    ],
    ids=["uneven light", "uneven light on dark", "noise", "JPEG"],
)
def test_disturbances_change_little(garment, page, quality):
    """The crop may be off by one of the 28 pixels where the ringing of JPEG lies around a hard edge."""
    rng = np.random.default_rng(4)
    changes = []
    for _ in range(8):
        picture = on_paper(garment, rng, page)
        picture = picture if quality is None else as_jpeg(picture, quality)
        changes.append(difference(prepare(picture).pixels, garment))
    assert np.median(changes) < 10
    assert max(changes) < 26


def test_specks_do_not_move_the_crop(garment):
    rng = np.random.default_rng(5)
    picture = on_paper(garment, rng, Page(margin=(0.5, 0.5)))
    clean = prepare(picture).pixels
    for row, column in rng.integers(0, 318, (20, 2)):
        picture[row : row + 2, column : column + 2] = 0
    prepared = prepare(picture)
    assert difference(prepared.pixels, clean) < 6
    assert "specks" in prepared.steps[2].explanation


def test_strokes_of_the_mouse_fill_the_frame():
    image = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    pen = ImageDraw.Draw(image)
    for stroke in ([(100, 80), (90, 200)], [(150, 80), (160, 200)], [(95, 80), (155, 80)]):
        pen.line(stroke, fill=(255, 255, 255, 255), width=22)
    pixels = prepare(np.asarray(image)).pixels
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    assert (rows[0], rows[-1]) == (0, 27)
    assert abs((columns[0] + columns[-1]) / 2 - 13.5) <= 1
    assert pixels.max() == 166  # one shade, made grey
    assert pixels[20, 14] == 0  # between the legs


def test_thin_lines_survive():
    image = Image.new("L", (700, 700), 255)
    ImageDraw.Draw(image).rectangle((100, 100, 600, 500), outline=0, width=3)
    prepared = prepare(np.asarray(image), without=[FILLED])
    assert "thicker" in " ".join(step.explanation for step in prepared.steps)
    lit = prepared.pixels > 128
    assert lit[:, 0].sum() >= 20
    assert lit[0].sum() == 0  # the frame is 500 wide and 400 high: three rows stay free
    assert not lit[10:18, 5:23].any()


def test_dim_garments_keep_their_shades():
    picture = np.full((200, 200, 3), 250, dtype=np.uint8)
    picture[40:160, 60:140] = 210  # a pale grey shirt
    picture[80:110, 80:120] = 10  # with a black print
    pixels = prepare(picture).pixels
    assert pixels.max() == 255
    assert 30 <= pixels[2, 14] <= 60


def test_a_colour_as_bright_as_its_paper_is_seen():
    picture = np.full((100, 100, 3), 150, dtype=np.uint8)
    picture[20:80, 35:65] = (255, 104, 105)  # luma 150
    pixels = prepare(picture, without=[GREYED]).pixels
    assert (pixels[:, 8:20] == 255).all()
    assert (pixels[:, :6] == 0).all()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((280, 280, 4), dtype=np.uint8),
        np.full((280, 280, 4), 255, dtype=np.uint8),
        np.full((280, 280, 3), (20, 90, 200), dtype=np.uint8),
        np.zeros((28, 28), dtype=np.uint8),
        np.full((28, 28), 255, dtype=np.uint8),
        np.full((1, 1), 7, dtype=np.uint8),
        np.random.default_rng(0).integers(198, 203, (200, 200, 3)).astype(np.uint8),
        np.rint(np.tile(np.linspace(150, 250, 300), (200, 1))).astype(np.uint8),
    ],
    ids=["nothing", "white", "blue", "black 28", "white 28", "one pixel", "grain", "uneven paper"],
)
def test_an_empty_picture_says_what_to_do(picture):
    with pytest.raises(PictureError, match="draw a garment, or choose a picture"):
        prepare(picture)


@pytest.mark.parametrize("shape", [(5,), (5, 5, 1), (5, 5, 2), (0, 5), (0, 5, 3), (2, 5, 5, 3)])
def test_arrays_that_are_no_pictures_are_refused(shape):
    with pytest.raises(ValueError, match="a picture is uint8"):
        prepare(np.zeros(shape, dtype=np.uint8))
    with pytest.raises(ValueError, match="float64"):
        prepare(np.zeros((28, 28)))  # type: ignore[arg-type]


def test_steps_tell_what_was_done(garment):
    for picture in (
        on_paper(garment, np.random.default_rng(6)),
        np.kron(255 - garment, np.ones((40, 40), dtype=np.uint8)),
    ):
        prepared = prepare(picture)
        names = [step.name for step in prepared.steps]
        assert names == ["Picture", "Background taken away", "Cropped", "28 × 28", "Full range"]
        for step in prepared.steps:
            assert step.explanation.endswith(".")
            assert step.image.dtype == np.uint8
            assert step.image.ndim == 2 or step.image.shape[2] == 3
            assert max(step.image.shape) <= 320
        assert np.array_equal(prepared.steps[-1].image, prepared.pixels)
    with pytest.raises(FrozenInstanceError):
        prepared.pixels = garment  # type: ignore[misc]


def test_the_picture_handed_in_stays_as_it_was(garment):
    picture = on_paper(garment, np.random.default_rng(8))
    before = picture.copy()
    prepare(picture)
    assert np.array_equal(picture, before)


def test_any_array_gives_28_by_28_or_a_sentence():
    rng = np.random.default_rng(9)
    for _ in range(150):
        height, width = rng.integers(1, rng.choice([4, 40, 300]), 2)
        channels = rng.choice([0, 3, 4])
        low, high = np.sort(rng.integers(0, 256, 2))
        shape = (height, width) if not channels else (height, width, channels)
        try:
            prepared = prepare(rng.integers(low, high + 1, shape).astype(np.uint8))
        except PictureError:
            continue
        assert prepared.pixels.shape == (SIDE, SIDE)
        assert prepared.pixels.max() == (166 if GREYED in [step.name for step in prepared.steps] else 255)


def outline(width: int, gap: int = 0, side: int = 320) -> np.ndarray:
    """A T-shirt drawn in lines, black on white, with a gap in its hem."""
    image = Image.new("L", (side, side), 255)
    corners = [(100, 50), (200, 50), (270, 110), (240, 150), (205, 120), (205, 260), (150 + gap, 260)]
    corners += [] if gap else [(150, 260)]
    pen = ImageDraw.Draw(image)
    pen.line(
        [(150, 260), (95, 260), (95, 120), (60, 150), (30, 110), (100, 50)], fill=0, width=width, joint="curve"
    )
    pen.line(corners, fill=0, width=width, joint="curve")
    return np.asarray(image)


@pytest.mark.parametrize("width", [3, 9, 20])
@pytest.mark.parametrize("gap", [0, 10])
def test_an_outline_is_filled_with_cloth(width, gap):
    prepared = prepare(outline(width, gap))
    assert FILLED in [step.name for step in prepared.steps]
    assert prepared.pixels[14, 14] > 150
    bare = prepare(outline(width, gap), without=[FILLED])
    assert FILLED not in [step.name for step in bare.steps]
    assert bare.pixels[14, 14] < 30


def test_the_eye_of_a_handle_is_not_filled():
    image = Image.new("L", (300, 300), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((50, 130, 250, 260), outline=0, width=12)
    pen.arc((110, 60, 190, 190), 180, 360, fill=0, width=12)
    pixels = prepare(np.asarray(image)).pixels
    assert pixels[19, 14] > 150  # cloth
    assert pixels[5, 14] < 60  # between handle and bag


def test_panels_too_small_for_cloth_are_filled_unless_they_may_be_an_eye():
    image = Image.new("L", (300, 300), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((50, 60, 250, 280), outline=0, width=8)
    pen.rectangle((50, 200, 110, 280), outline=0, width=8)  # a pocket, 6 % of the whole
    pixels = prepare(np.asarray(image)).pixels
    assert pixels[23, 5] > 150
    assert pixels[8, 14] > 150


def test_a_drawing_of_smooth_edges_is_of_one_shade():
    image = Image.new("L", (128, 128), 255)
    pen = ImageDraw.Draw(image)
    for top in range(20, 108, 12):
        pen.rectangle((30, top, 98, top + 6), fill=0)
    smooth = image.resize((256, 256), Image.Resampling.BICUBIC)
    assert GREYED in [step.name for step in prepare(np.asarray(smooth)).steps]


def test_cloth_is_not_taken_for_an_outline(garment):
    rng = np.random.default_rng(7)
    for _ in range(4):
        assert FILLED not in [step.name for step in prepare(on_paper(garment, rng)).steps]


def test_every_optional_step_can_be_left_out():
    thin = outline(3)
    steps = {name: [step.name for step in prepare(thin, without=[name]).steps] for name in OPTIONAL}
    assert all(name not in found for name, found in steps.items())
    assert prepare(thin // 2 + 120, without=[FULL_RANGE]).pixels.max() < 200
    assert THICKENED in [step.name for step in prepare(thin, without=[FILLED]).steps]


def test_seams_of_a_drawing_are_shaded_and_it_is_made_grey():
    image = Image.new("L", (280, 280), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 60, 240, 220), fill=0)
    pen.line((40, 140, 240, 140), fill=255, width=8)
    prepared = prepare(np.asarray(image))
    assert [step.name for step in prepared.steps][-4:] == [SEAMS, "28 × 28", FULL_RANGE, GREYED]
    assert prepared.pixels.max() == 166
    assert 60 < prepared.pixels[14, 14] < 120
    bare = prepare(np.asarray(image), without=[SEAMS, GREYED]).pixels
    assert bare[14, 14] / 255 < prepared.pixels[14, 14] / 166 - 0.2
    assert bare.max() == 255


def test_cloth_is_not_taken_for_a_drawing(garment):
    rng = np.random.default_rng(8)
    for _ in range(4):
        names = [step.name for step in prepare(on_paper(garment, rng)).steps]
        assert not {SEAMS, GREYED} & set(names)
