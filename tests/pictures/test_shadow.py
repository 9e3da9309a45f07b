"""Shadows on paper: soft ones of photos, long ones of icons."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from playground.pictures.prepare import prepare
from playground.pictures.stages import SHADOW
from tools.benchmarks.disturb import difference

BOOT = [(150, 40), (240, 40), (250, 230), (40, 230), (45, 180), (140, 130)]
WHITE, SKY, NAVY, PALE = (255, 255, 255), (160, 205, 240), (30, 40, 90), (225, 225, 225)


def covered() -> np.ndarray:
    """How much of the paper the boot hides, [300, 300], 0 to 1."""
    large = Image.new("L", (1200, 1200))
    ImageDraw.Draw(large).polygon([(4 * x, 4 * y) for x, y in BOOT], fill=255)
    return np.asarray(large.resize((300, 300), Image.Resampling.BOX)) / 255


def photo(paper, cloth, strength: float, shift=(12, 14), blur: float = 9.0) -> np.ndarray:
    """The boot and its shadow, which takes `strength` of the light away: RGB [300, 300, 3]."""
    cover = covered()[:, :, None]
    cast = ndimage.gaussian_filter(ndimage.shift(cover[:, :, 0], shift, order=1), blur)[:, :, None]
    lit = np.array(paper) * (1 - strength * cast)
    return np.rint(lit * (1 - cover) + np.array(cloth) * cover).astype(np.uint8)


def names(picture: np.ndarray) -> list[str]:
    return [step.name for step in prepare(picture).steps]


@pytest.mark.parametrize("paper", [WHITE, SKY], ids=["white", "sky"])
@pytest.mark.parametrize("cloth", [NAVY, (200, 60, 40)], ids=["navy", "red"])
@pytest.mark.parametrize("strength", [0.15, 0.35])
def test_a_soft_shadow_is_taken_away(paper, cloth, strength):
    alone = prepare(photo(paper, cloth, 0)).pixels
    prepared = prepare(photo(paper, cloth, strength))
    left = prepare(photo(paper, cloth, strength), without=[SHADOW]).pixels
    assert SHADOW in [step.name for step in prepared.steps]
    assert difference(prepared.pixels, alone) < 4 < difference(left, alone)


def test_where_there_is_no_shadow_nothing_is_taken_away():
    assert SHADOW not in names(photo(WHITE, NAVY, 0))


def test_the_shade_of_a_transparent_picture_is_taken_away():
    cover = covered()
    cast = 0.3 * ndimage.gaussian_filter(ndimage.shift(cover, (12, 14), order=1), 9.0)
    alpha = cover + cast * (1 - cover)
    rgb = np.where(cover[:, :, None] > 0, np.array(NAVY), 0)
    picture = np.dstack([rgb, np.rint(255 * alpha)]).astype(np.uint8)
    bare = np.dstack([rgb, np.rint(255 * cover)]).astype(np.uint8)
    assert SHADOW in names(picture)
    assert difference(prepare(picture).pixels, prepare(bare).pixels) < 4


def test_cloth_as_soft_as_a_shadow_stays():
    """A picture of few pixels made larger: its edges are no sharper than a shadow's."""
    boot = photo(WHITE, NAVY, 0)
    boot[195:230, 40:250] = PALE
    picture = Image.fromarray(boot).resize((28, 28), Image.Resampling.BOX)
    large = np.asarray(picture.resize((320, 320), Image.Resampling.BICUBIC))
    assert SHADOW not in names(large)


def test_pale_cloth_of_the_papers_hue_stays():
    assert SHADOW not in names(photo(WHITE, PALE, 0))


def test_a_long_shadow_on_coloured_paper_is_taken_away():
    alone = prepare(photo(SKY, NAVY, 0)).pixels
    cast = np.max([ndimage.shift(covered(), (step, step), order=0) for step in range(300)], axis=0)
    picture = photo(SKY, NAVY, 0)
    darker = (np.array(SKY) * 0.7).astype(np.uint8)
    picture = np.where(((cast > 0.5) & (covered() == 0))[:, :, None], darker, picture)
    assert SHADOW in names(picture)
    assert difference(prepare(picture).pixels, alone) < 4


def test_cloth_that_runs_out_of_white_paper_is_no_shadow():
    picture = np.full((300, 300, 3), 255, np.uint8)
    picture[80:, 60:240] = 120
    picture[150:200, 100:200] = 40
    assert SHADOW not in names(picture)


def test_a_flat_shadow_on_the_ground_is_taken_away():
    alone = photo(SKY, NAVY, 0)
    ground = Image.new("L", (300, 300))
    ImageDraw.Draw(ground).ellipse((20, 222, 280, 242), fill=255)
    under = (np.asarray(ground) > 0) & (covered() == 0)
    picture = np.where(under[:, :, None], (np.array(SKY) * 0.75).astype(np.uint8), alone)
    assert SHADOW in names(picture)
    assert difference(prepare(picture).pixels, prepare(alone).pixels) < 4


def test_a_sole_of_the_papers_colour_is_kept_where_the_picture_is_opaque():
    picture = np.zeros((300, 300, 4), np.uint8)
    picture[covered() > 0] = (*NAVY, 255)
    picture[230:260, 40:250] = (*WHITE, 255)
    prepared = prepare(picture)
    assert SHADOW not in [step.name for step in prepared.steps]
    assert 10 < prepared.pixels[-1].max() < 60  # the sole, and not the boot above it


def in_parts(paper, *parts, size=300) -> np.ndarray:
    """Polygons in colours of their own, one over the other, on paper: RGB with sharp edges."""
    image = Image.new("RGB", (size, size), paper)
    for outline, colour in parts:
        ImageDraw.Draw(image).polygon(outline, fill=colour)
    return np.asarray(image)


TRUNK = [(100, 60), (200, 60), (200, 260), (100, 260)]
SLEEVES = ([(100, 60), (30, 150), (60, 175), (100, 120)], [(200, 60), (270, 150), (240, 175), (200, 120)])
SOLE = [(35, 230), (255, 230), (255, 255), (35, 255)]


@pytest.mark.parametrize("shade", [222, 235, 244])
def test_pale_sleeves_of_a_dark_garment_are_no_shadow(shade):
    raglan = in_parts(WHITE, *((sleeve, (shade,) * 3) for sleeve in SLEEVES), (TRUNK, (20, 20, 20)))
    assert SHADOW not in names(raglan)


@pytest.mark.parametrize("shade", [230, 242])
def test_a_pale_sole_on_white_is_no_shadow(shade):
    assert SHADOW not in names(in_parts(WHITE, (BOOT, (15, 15, 15)), (SOLE, (shade,) * 3)))


def test_a_grey_sole_on_grey_paper_is_no_shadow_on_the_ground():
    assert SHADOW not in names(in_parts(PALE, (BOOT, NAVY), (SOLE, (150, 150, 150))))


def test_a_blunt_sole_of_the_papers_hue_is_no_shadow_on_the_ground():
    tan, gum = (228, 200, 165), (176, 150, 120)
    assert SHADOW not in names(in_parts(tan, (BOOT, NAVY), (SOLE, gum)))


def test_a_print_of_the_papers_hue_is_no_shadow_on_the_ground():
    emblem = [(120, 240), (150, 232), (180, 240), (150, 248)]
    assert SHADOW not in names(in_parts(SKY, (TRUNK, (200, 30, 40)), (emblem, (110, 145, 170))))


def test_jeans_of_the_papers_hue_that_run_out_of_the_picture_are_no_shadow():
    jeans = [(100, 150), (200, 150), (215, 300), (85, 300)]
    assert SHADOW not in names(
        in_parts(SKY, ([*TRUNK[:2], (200, 150), (100, 150)], WHITE), (jeans, (118, 150, 178)))
    )


@pytest.mark.parametrize(("paper", "colour"), [(SKY, (200, 150, 120)), (PALE, (160, 160, 160))])
def test_a_dark_corner_is_no_shadow_in_another_hue_or_on_grey_paper(paper, colour):
    corner = [(300, 180), (300, 300), (180, 300)]
    assert SHADOW not in names(in_parts(paper, (TRUNK, NAVY), (corner, colour)))


def test_a_skirt_of_the_papers_hue_is_no_shadow_on_the_ground():
    skirt = [(150, 150), (230, 260), (70, 260)]
    top = [(120, 40), (180, 40), (180, 170), (120, 170)]
    assert SHADOW not in names(in_parts(SKY, (skirt, (118, 150, 178)), (top, NAVY)))


def test_fur_in_a_colour_is_no_shadow():
    """As soft as one, but not of the paper's hue."""
    cover = covered()[:, :, None]
    fur = 0.8 * ndimage.gaussian_filter(cover[:, :, 0], 9.0)[:, :, None]
    around = np.array(WHITE) * (1 - fur) + np.array((250, 150, 60)) * fur
    picture = around * (1 - cover) + np.array(NAVY) * cover
    assert SHADOW not in names(np.rint(picture).astype(np.uint8))


def test_grey_cloth_on_white_is_kept_and_its_shadow_is_not():
    grey = (120, 120, 120)
    alone = prepare(photo(WHITE, grey, 0)).pixels
    prepared = prepare(photo(WHITE, grey, 0.2))
    assert SHADOW in [step.name for step in prepared.steps]
    assert difference(prepared.pixels, alone) < 4


def test_a_garment_out_of_focus_is_no_shadow_of_its_label():
    garment = 255 - 90 * ndimage.gaussian_filter(covered(), 12.0)
    garment[150:160, 180:200] = 0
    assert SHADOW not in names(np.rint(garment).astype(np.uint8))


def test_a_shadow_on_nothing_is_taken_away_beside_light_cloth_too():
    cover = covered()
    cast = 0.7 * ndimage.gaussian_filter(ndimage.shift(cover, (12, 14), order=1), 9.0)
    rgb = np.where(cover[:, :, None] > 0, np.array((240, 225, 90)), 0)
    picture, bare = (
        np.dstack([rgb, np.rint(255 * alpha)]).astype(np.uint8) for alpha in (cover + cast * (1 - cover), cover)
    )
    assert difference(prepare(picture).pixels, prepare(bare).pixels) < 1
