"""Each step of the preparation left out, beginning at the value before it: the same as prepared from the start."""

from pathlib import Path

import numpy as np
import pytest

from playground.errors import PictureError
from playground.pictures.decode import read
from playground.pictures.prepare import PreparedPicture, prepare, prepare_each_way
from playground.pictures.stages import FULL_RANGE, OPTIONAL

PICTURES = sorted((Path(__file__).parents[1] / "coloured").glob("a-*.webp"))[:10]


def alike(one: PreparedPicture, other: PreparedPicture) -> bool:
    same = [
        (a.name, a.explanation) == (b.name, b.explanation) and np.array_equal(a.image, b.image)
        for a, b in zip(one.steps, other.steps, strict=True)
    ]
    return all(same) and np.array_equal(one.pixels, other.pixels) and one.notes == other.notes


@pytest.mark.parametrize("without", [(), (FULL_RANGE,)], ids=["all", "one left out"])
@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.stem)
def test_a_way_begun_in_the_middle_leads_to_the_same(file: Path, without: tuple[str, ...]):
    picture = read(file.read_bytes(), file.name)
    ways = prepare_each_way(picture.pixels, without, picture.notes)
    done = [step.name for step in prepare(picture.pixels, without, picture.notes).steps]
    assert list(ways) == [name for name in done if name in OPTIONAL]
    for name, way in ways.items():
        try:
            other = prepare(picture.pixels, {*without, name}, picture.notes)
        except PictureError:
            assert way is None
        else:
            assert way is not None
            assert alike(way, other)
