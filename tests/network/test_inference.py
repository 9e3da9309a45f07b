"""Class scores of a trained network."""

import pytest
import torch
from small import SHAKEN, TINY
from torch import Tensor

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice, Experiment
from playground.network.build import build_network
from playground.network.inference import evaluation_batch, load_network, predict_logits


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def pixels(few: FashionData) -> Tensor:
    return few.test.pixels


UNIT = DataChoice()
MIRRORED = DataChoice(test_time_mirror=True)
MIRRORED_AND_SHIFTED = DataChoice(test_time_mirror=True, test_time_shift=True)


@pytest.mark.parametrize("scaling", ["unit", "standard", "raw"])
def test_they_are_those_of_evaluation_mode(pixels: Tensor, scaling: str) -> None:
    network = build_network(SHAKEN.architecture, seeded(), seeded()).train()
    found = predict_logits(network, pixels, DataChoice(scaling=scaling))  # type: ignore[arg-type]
    assert network.training
    with torch.no_grad():
        expected = network.eval()(scale(pixels, scaling))  # type: ignore[arg-type]
    torch.testing.assert_close(found, expected)
    assert (found.dtype, found.requires_grad) == (torch.float32, False)


def test_a_network_that_fails_is_left_in_its_mode() -> None:
    network = build_network(TINY.architecture, seeded()).train()
    with pytest.raises(RuntimeError):
        predict_logits(network, torch.zeros(2, 2, 2, dtype=torch.uint8), UNIT)
    assert network.training


def test_the_batch_makes_no_difference(pixels: Tensor) -> None:
    network = build_network(SHAKEN.architecture, seeded())
    torch.testing.assert_close(predict_logits(network, pixels, UNIT, 7), predict_logits(network, pixels, UNIT))


def test_mirror_averaging_is_the_mean_of_both_sides(pixels: Tensor) -> None:
    network = build_network(SHAKEN.architecture, seeded())
    averaged = predict_logits(network, pixels, MIRRORED)
    both = predict_logits(network, pixels, UNIT), predict_logits(network, pixels.flip(2), UNIT)
    torch.testing.assert_close(averaged, (both[0] + both[1]) / 2)
    torch.testing.assert_close(averaged, predict_logits(network, pixels.flip(2), MIRRORED))
    assert not torch.allclose(averaged, both[0])


def test_half_of_a_shift_average_comes_from_two_shifts_by_a_pixel(pixels: Tensor) -> None:
    network = build_network(SHAKEN.architecture, seeded())
    up, down = torch.zeros_like(pixels), torch.zeros_like(pixels)
    up[:, :-1, :-1], down[:, 1:, 1:] = pixels[:, 1:, 1:], pixels[:, :-1, :-1]
    plain, above, below = (predict_logits(network, each, MIRRORED) for each in (pixels, up, down))
    averaged = predict_logits(network, pixels, MIRRORED_AND_SHIFTED)
    torch.testing.assert_close(averaged, plain / 2 + above / 4 + below / 4)
    assert not torch.allclose(averaged, plain)


def test_no_image_has_no_score(pixels: Tensor) -> None:
    assert predict_logits(build_network(TINY.architecture, seeded()), pixels[:0], UNIT).shape == (0, 10)


def test_a_loaded_network_is_the_one_that_was_kept(pixels: Tensor) -> None:
    network = build_network(SHAKEN.architecture, seeded()).eval().to(memory_format=torch.channels_last)
    loaded = load_network(SHAKEN.architecture, network.state_dict())
    assert not loaded.training
    assert torch.equal(predict_logits(loaded, pixels, UNIT), predict_logits(network, pixels, UNIT))


def test_large_maps_are_evaluated_few_at_a_time() -> None:
    assert evaluation_batch(TINY.architecture) == 500
    wide = Experiment.parse({"architecture": {"layers": [{"kind": "conv", "channels": 1024, "kernel": 1}]}})
    assert 1 <= evaluation_batch(wide.architecture) < 50
