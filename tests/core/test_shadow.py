"""Shadows on paper: soft ones of photos, long ones of icons."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from playground.core.garment import SHADOW, prepare
from tests.disturb import difference

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
