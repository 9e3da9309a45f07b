"""Garments made up at random."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage

from playground.data.classes import CLASS_NAMES
from playground.data.images import Images
from playground.data.synthetic.bank import DRAWN, drawn_garments
from playground.data.synthetic.render import Look, painted, render
from playground.data.synthetic.sheet import PANEL, Sheet, arc, box, softened, turned, whole
from playground.experiment.augmentation import Augmentation
from playground.export.source import Source
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
from playground.system.executors import InlineExecutor
from playground.training.augment import augment

EACH = 40


@pytest.fixture(scope="module")
def garments() -> np.ndarray:
    return drawn_garments(EACH, seed=1)


def test_the_same_seed_draws_the_same_garments(garments: np.ndarray) -> None:
    assert (garments.dtype, garments.shape) == (np.uint8, (10, EACH, 28, 28))
    assert np.array_equal(garments, drawn_garments(EACH, seed=1))
    assert not np.array_equal(garments, drawn_garments(EACH, seed=2))
    assert np.array_equal(garments[:, :3], drawn_garments(3, seed=1))


def test_no_two_are_alike(garments: np.ndarray) -> None:
    assert len({each.tobytes() for each in garments.reshape(-1, 28, 28)}) == 10 * EACH


def test_each_lies_in_its_frame_as_a_garment_of_the_data_does(garments: np.ndarray) -> None:
    """Its longer side fills the 28 pixels, the other is in their middle, and it is light on black."""
    for number, garment in enumerate(garments.reshape(-1, 28, 28)):
        spans = []
        for axis in (0, 1):
            filled = np.flatnonzero(garment.max(axis) > 12)
            spans.append(filled[-1] - filled[0] + 1)
            assert abs(filled[0] - (27 - filled[-1])) <= 6, number  # a thin strap may end between two pixels
        assert max(spans) >= 26, number
        assert 0.04 < (garment > 24).mean() < 0.98, number


def test_the_classes_are_told_apart(garments: np.ndarray, home: Path) -> None:
    """By a network that was trained with others: what is drawn is what its label says."""
    lab = Lab(load_settings(), InlineExecutor())
    seen = torch.from_numpy(garments.reshape(-1, 28, 28))
    found = lab.scores.probabilities(lab.library.run("example-robust"), seen).argmax(1).view(10, EACH)
    right = (found == torch.arange(10)[:, None]).double().mean(1)
    assert right.mean() > 0.9
    assert right.min() > 0.75, CLASS_NAMES[int(right.argmin())]


def test_drawn_garments_take_their_share_and_are_of_the_class(garments: np.ndarray) -> None:
    images = Images(torch.full((2000, 28, 28), 7, dtype=torch.uint8), torch.arange(2000) % 10)
    drawn, generator = torch.from_numpy(garments), torch.Generator().manual_seed(0)
    changed = augment(images, Augmentation(drawn=0.3), generator, drawn)
    replaced = (changed != images.pixels).flatten(1).any(1)
    assert replaced.double().mean() == pytest.approx(0.3, abs=0.04)
    of_class = [{each.tobytes() for each in kind} for kind in garments]
    for image, label in zip(changed[replaced], images.labels[replaced], strict=True):
        assert image.numpy().tobytes() in of_class[int(label)]


def test_a_script_draws_the_very_same() -> None:
    source = Source()
    source.take(drawn_garments)
    text = source.imports() + source.text
    names: dict[str, Any] = {}
    exec(text, names)
    assert np.array_equal(names["drawn_garments"](3), drawn_garments(3))
    assert "playground" not in text


def test_a_second_one_lies_in_front_of_the_first_with_a_gap() -> None:
    sheet = Sheet(np.random.default_rng(0))
    sheet.cloth(box(0, 0, 1, 1))
    sheet.hole(box(0.4, 0, 0.6, 0.1))  # is not repeated: it would be a hole in the first, too
    sheet.part(box(0, 0, 1, 1), PANEL)
    sheet.again(0.5, 0.2)
    assert [piece.kind for piece in sheet.pieces] == ["cloth", "hole", "part", "gap", "cloth", "part"]
    assert np.array_equal(sheet.pieces[4].points, box(0.5, 0.2, 1.5, 1.2))


def test_what_is_wider_than_high_fills_the_width() -> None:
    sheet = Sheet(np.random.default_rng(0))
    sheet.tilt = 0
    sheet.cloth(box(0, 0, 3, 1))
    filled = render(sheet) > 0
    assert filled.any(0).all()
    assert 6 <= filled.any(1).sum() <= 14


@pytest.mark.parametrize("label", [0, 1, 2, 3, 6, 7, 9])
def test_what_has_no_straps_and_no_handles_is_cloth_all_over(label: int) -> None:
    """The background shows through none of them: every piece is the right way round, and touches the next."""
    seen = 0
    for seed in range(60):
        sheet = Sheet(np.random.default_rng(seed))
        DRAWN[label](sheet)
        inside, _ = painted(sheet, Look(1, (1, 1, 1), 1))
        enclosed = ndimage.binary_fill_holes(inside) & ~inside
        if not any(piece.kind == "gap" for piece in sheet.pieces):  # between two of a pair there may be some
            seen += 1
            assert enclosed.sum() <= 40, seed  # of 112 x 112
    assert seen > 30


def test_lines_are_where_they_are_said_to_be() -> None:
    assert whole([(1, 0), (2, 5)]).tolist() == [[1, 0], [2, 5], [-2, 5], [-1, 0]]
    assert softened(box(0, 0, 4, 4), 1)[:3].tolist() == [[1, 0], [3, 0], [4, 1]]
    quarter = arc(1, 2, 3, 4, 0, 90)
    assert quarter[0] == pytest.approx([4, 2])
    assert quarter[-1] == pytest.approx([1, 6])  # 90 degrees are below
    assert turned([(1, 0)], 90) == pytest.approx(np.array([[0, 1]]))
