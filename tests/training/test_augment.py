"""Random changes to training images."""

from typing import Any

import pytest
import torch
from torch import Tensor

from playground.data.images import FashionData, Images
from playground.experiment.augmentation import Augmentation
from playground.export import script_training
from playground.export.source import Source
from playground.training.augment import all_garments, glimpse
from playground.training.augment import augment as augment_with

ALL = Augmentation(
    drawn=0.3, mirror=True, shift=3, rotate=20, zoom=0.2, tone=0.5, thicken=0.5, invert=0.3, sketch=0.3, erase=0.7
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def augment(pixels: Tensor, choice: Augmentation, generator: torch.Generator) -> Tensor:
    return augment_with(Images(pixels, classes_of(pixels)), choice, generator, all_garments())


def classes_of(pixels: Tensor) -> Tensor:
    """All ten in turn: only drawn garments depend on them."""
    return torch.arange(len(pixels)) % 10


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


def chosen(name: str, value: float) -> Augmentation:
    """One change alone; a change that is on or off is on."""
    is_switch = Augmentation.model_fields[name].annotation is bool
    return Augmentation.model_validate({name: True if is_switch else value})


@pytest.mark.parametrize("name", Augmentation.model_fields)
def test_every_setting_changes_images(name: str, pixels: Tensor) -> None:
    changed = augment(pixels, chosen(name, 1), seeded())
    assert not torch.equal(changed, pixels)
    assert (changed.dtype, changed.shape) == (torch.uint8, pixels.shape)


def test_changes_are_made_one_after_the_other_in_their_order(pixels: Tensor) -> None:
    made = [change.function.__name__ for change, _ in ALL.changes()]
    assert made[0] == "redrawn"  # garments that are drawn are sketched, turned and shifted as images are
    assert made[-1] == "erased"  # noise is not moved
    assert made.index("zoomed") < made.index("shifted")
    generator, expected = seeded(5), pixels
    for name in ("rotate", "mirror", "shift"):
        expected = augment(expected, chosen(name, 2), generator)
    together = Augmentation(shift=2, mirror=True, rotate=2)
    assert torch.equal(augment(pixels, together, seeded(5)), expected)


@pytest.mark.parametrize("name", Augmentation.model_fields)
def test_the_script_changes_images_as_the_engine_does(name: str, pixels: Tensor) -> None:
    """From the same seed."""
    choice = chosen(name, 1)
    source = Source()
    text = script_training.augmentation(choice, source)
    namespace: dict[str, Any] = {}
    exec(source.imports() + source.text + text, namespace)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        theirs = namespace["augment"](pixels, classes_of(pixels))
    assert torch.equal(augment(pixels, choice, seeded(3)), theirs)


def test_a_rotation_turns_about_the_middle() -> None:
    pixels = torch.zeros(400, 28, 28, dtype=torch.uint8)
    pixels[:, 2:26, 12:16] = 200  # a bar
    changed = augment(pixels, Augmentation(rotate=90), seeded()).float()
    rows, columns = torch.meshgrid(torch.arange(28.0) - 13.5, torch.arange(28.0) - 13.5, indexing="ij")
    mass = changed.sum((1, 2))
    assert ((changed * rows).sum((1, 2)) / mass).abs().max() < 0.1
    angles = 0.5 * torch.atan2(
        2 * (changed * rows * columns).sum((1, 2)), (changed * (rows**2 - columns**2)).sum((1, 2))
    )
    assert angles.min() < -1.3
    assert angles.max() > 1.3


def test_zoom_changes_height_and_width_apart() -> None:
    pixels = torch.zeros(400, 28, 28, dtype=torch.uint8)
    pixels[:, 9:19, 9:19] = 200
    changed = augment(pixels, Augmentation(zoom=0.5), seeded()) > 100
    heights, widths = changed.any(2).sum(1), changed.any(1).sum(1)
    assert {int(heights.min()), int(heights.max())} <= set(range(6, 16))
    assert heights.min() <= 8 < 12 <= heights.max()
    assert (heights != widths).float().mean() > 0.5


def test_thickening_leaves_a_pixel_more_or_less_on_every_side() -> None:
    pixels = torch.zeros(200, 28, 28, dtype=torch.uint8)
    pixels[:, 9:19, 9:19] = 200
    sizes = (augment(pixels, Augmentation(thicken=1), seeded()) > 0).sum((1, 2))
    assert set(sizes.tolist()) <= {64, 100, 144}
    assert {100, 144} <= set(sizes.tolist())


def test_inverting_keeps_the_background_and_the_full_range(pixels: Tensor) -> None:
    changed = augment(pixels, Augmentation(invert=1), seeded())
    assert (changed[pixels <= 24] == 0).all()
    assert (changed.amax((1, 2)) == 255).all()
    light = pixels > 220
    assert changed[light].float().mean() < pixels[light].float().mean() / 2


def test_a_sketch_has_two_shades_and_keeps_the_outline(pixels: Tensor) -> None:
    changed = augment(pixels, Augmentation(sketch=1), seeded())
    assert all(len(image.unique()) <= 3 for image in changed)  # black, cloth, lines
    most = torch.stack([image[image > 0].mode().values for image in changed])
    assert most.min() < 130 < 220 < most.max()
    for axis in (1, 2):  # it lies where the garment lies
        before, after = (pixels > 24).any(axis), (changed > 0).any(axis)
        assert (before == after).float().mean() > 0.9


def test_tone_keeps_black_and_white(pixels: Tensor) -> None:
    changed = augment(pixels, Augmentation(tone=1), seeded())
    assert (changed[pixels == 0] == 0).all()
    assert (changed[pixels == 255] == 255).all()


def glimpsed(sample: FashionData, seed: int = 0, **choice: float) -> Tensor:
    return glimpse(sample.train, Augmentation.model_validate(choice), seeded(seed))


def test_a_glimpse_shows_two_images_of_each_class_in_turn(sample: FashionData) -> None:
    plain, mirrored = glimpsed(sample), glimpsed(sample, mirror=True)
    pairs = zip(sample.train.pixels, sample.train.labels, strict=True)
    known = {image.numpy().tobytes(): int(label) for image, label in pairs}
    assert [known[image.numpy().tobytes()] for image in plain] == [*range(10), *range(10)]
    flipped = (plain != mirrored).flatten(1).any(1)
    assert 0 < flipped.sum() < 20
    assert torch.equal(mirrored, torch.where(flipped[:, None, None], plain.flip(2), plain))


def test_a_glimpse_with_another_seed_shows_others(sample: FashionData) -> None:
    assert torch.equal(glimpsed(sample, 1, drawn=1.0), glimpsed(sample, 1, drawn=1.0))
    assert not torch.equal(glimpsed(sample, 1, drawn=1.0), glimpsed(sample, 2, drawn=1.0))


def test_a_glimpse_needs_images_of_every_class(sample: FashionData) -> None:
    tops = sample.train.take(sample.train.labels == 0)
    with pytest.raises(ValueError, match="there are 0 images of a class, and 2 are to be shown"):
        glimpse(tops, Augmentation(mirror=True), seeded())


def test_drawing_needs_garments(sample: FashionData) -> None:
    with pytest.raises(ValueError, match="there are none to choose from"):
        augment_with(sample.train, Augmentation(drawn=0.1), seeded())
