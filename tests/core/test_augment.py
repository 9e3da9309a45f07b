"""Random changes to training images."""

import pytest
import torch
from torch import Tensor

from playground.core.augment import augment
from playground.core.fashion import FashionData
from playground.core.training import Augmentation

ALL = Augmentation(mirror=True, shift=3, erase=0.7)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def pixels(few: FashionData) -> Tensor:
    return few.train.pixels


def test_nothing_chosen_gives_the_very_same_tensor(pixels: Tensor) -> None:
    generator = seeded()
    state = generator.get_state()
    assert augment(pixels, Augmentation(), generator) is pixels
    assert torch.equal(generator.get_state(), state)


def test_the_same_generator_gives_the_same_images(pixels: Tensor) -> None:
    one, other, third = (augment(pixels, ALL, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    assert (one.dtype, one.shape) == (torch.uint8, pixels.shape)


def test_the_original_and_the_process_wide_generator_are_left_alone(pixels: Tensor) -> None:
    before, state = pixels.clone(), torch.get_rng_state()
    augment(pixels, ALL, seeded())
    assert torch.equal(pixels, before)
    assert torch.equal(torch.get_rng_state(), state)


def test_mirror_flips_left_and_right_in_about_half(pixels: Tensor) -> None:
    changed = augment(pixels, Augmentation(mirror=True), seeded())
    same = (changed == pixels).all(2).all(1)
    flipped = (changed == torch.from_numpy(pixels.numpy()[:, :, ::-1].copy())).all(2).all(1)
    assert (same | flipped).all()
    assert 0.35 < flipped.float().mean() < 0.65


def test_shift_moves_each_image_as_a_whole_by_at_most_so_much() -> None:
    pixels = torch.zeros(500, 28, 28, dtype=torch.uint8)
    pixels[:, 10:18, 10:18] = torch.arange(64, dtype=torch.uint8).reshape(8, 8) + 1
    changed = augment(pixels, Augmentation(shift=4), seeded())
    assert torch.equal(changed.sort(2).values.sum((1, 2)), pixels.sum((1, 2)))
    moves = set()
    for image in changed:
        (top, left) = torch.nonzero(image).min(0).values.tolist()
        assert torch.equal(image[top : top + 8, left : left + 8], pixels[0, 10:18, 10:18])
        moves.add((top - 10, left - 10))
    assert {move for pair in moves for move in pair} == set(range(-4, 5))


def test_erase_leaves_a_rectangle_of_noise_of_2_to_33_percent() -> None:
    black = torch.zeros(400, 28, 28, dtype=torch.uint8)
    white = torch.full_like(black, 255)
    erased_black, erased_white = (augment(each, Augmentation(erase=1.0), seeded()) for each in (black, white))
    touched = (erased_black != black) | (erased_white != white)
    for mask in touched:
        rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
        height, width = (int(each.max() - each.min()) + 1 for each in (rows, columns))
        assert mask.sum() == height * width  # a full rectangle
        # the sides are cut to whole pixels
        assert 0.02 * 784 - height - width - 1 <= height * width <= 784 / 3 + height + width + 1
        assert 0.2 < height / width < 5


def test_erase_takes_its_share_of_the_images() -> None:
    black = torch.zeros(2000, 28, 28, dtype=torch.uint8)
    share = augment(black, Augmentation(erase=0.3), seeded()).flatten(1).any(1).float().mean()
    assert share == pytest.approx(0.3, abs=0.04)
