"""Many garments in one picture: one is taken, and that is said."""

import numpy as np
import pytest

from playground.data.images import FashionData
from playground.pictures.prepare import PreparedPicture, prepare
from playground.pictures.stages import SHEET
from tools.benchmarks.disturb import difference
from tools.benchmarks.handed import alone, in_form, sheet


def sentence(prepared: PreparedPicture) -> str:
    return next((step.explanation for step in prepared.steps if step.name == SHEET), "")


@pytest.mark.parametrize("side", [2, 3, 5, 8])
@pytest.mark.parametrize(
    ("gap", "light", "page"), [(0, False, 0), (0, True, 255), (2, False, 255), (2, False, 0), (3, True, 255)]
)
def test_the_first_of_a_sheet_is_taken(sample: FashionData, side: int, gap: int, light: bool, page: int) -> None:
    if gap == 0 and side == 2:
        pytest.skip("four tiles without a gap are not told from one garment")
    rng, right = np.random.default_rng(side), 0
    for _ in range(6):
        garments = sample.test.pixels.numpy()[rng.integers(len(sample.test), size=side * side)]
        prepared = prepare(sheet(garments, rng, gap, light, page))
        found = f"a sheet of {side} × {side} things" in sentence(prepared)
        right += found and difference(prepared.pixels, garments[0]) < 30
    assert right >= 4


def test_rows_and_columns_may_differ_and_all_is_said(sample: FashionData) -> None:
    garments = sample.test.pixels[:8].numpy()
    prepared = prepare(sheet(garments, np.random.default_rng(0), 2, rows=2))
    assert "2 × 4 things" in sentence(prepared)
    assert sentence(prepared) in prepared.notes
    assert not sentence(prepare(sheet(garments, np.random.default_rng(0), 2, rows=2), without=[SHEET]))


def test_one_garment_is_no_sheet(sample: FashionData) -> None:
    rng = np.random.default_rng(2)
    for garment in sample.test.pixels[:60].numpy():
        for picture in (alone(garment, rng), in_form(garment, rng)):
            assert not sentence(prepare(picture))


def test_two_side_by_side_are_no_sheet(sample: FashionData) -> None:
    for one, other in zip(sample.test.pixels[:20:2].numpy(), sample.test.pixels[1:20:2].numpy(), strict=True):
        pair = np.kron(np.concatenate([one, other], axis=1), np.ones((10, 10), np.uint8))
        assert not sentence(prepare(pair))
