"""Contact sheets: every image where the browser looks for it."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from playground.app.components.gallery import contact_sheet, enlarged


def test_pairs_side_by_side_stay_whole() -> None:
    images = np.random.default_rng(1).integers(0, 256, (23, 28, 56), dtype=np.uint8)
    sheet = decoded(contact_sheet(images))
    assert sheet.shape == (56, 20 * 56)
    assert np.array_equal(sheet[28:56, 2 * 56 : 3 * 56], images[22])


def decoded(address: str) -> np.ndarray:
    head, _, content = address.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


@pytest.mark.parametrize("count", [1, 19, 20, 21, 45])
def test_image_n_stands_in_row_n_div_20_column_n_mod_20(count: int):
    images = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    sheet = decoded(contact_sheet(images))
    columns = min(20, count)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        assert np.array_equal(sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28], image)


def test_enlarging_repeats_pixels_and_never_shrinks():
    small = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert np.array_equal(enlarged(small, 4), [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]])
    large = np.zeros((300, 300), np.uint8)
    assert enlarged(large, 224) is large
