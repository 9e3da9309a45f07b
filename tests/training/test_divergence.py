"""When a training is given up."""

import math

import pytest
import torch

from playground.training.divergence import (
    HOPELESS_BATCHES,
    HOPELESS_LOSS,
    DivergenceWatch,
    by_scores,
    by_weights,
)
from playground.training.events import TrainingDiverged


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_found_at_its_batch(loss: float) -> None:
    watch = DivergenceWatch()
    assert watch.see([2.3, 2.2], 2) is None
    assert watch.see([2.0, loss, 1.0], 5) == TrainingDiverged(4, "at batch 4 the loss is not a finite number")


@pytest.mark.parametrize("at_once", [1, 7, 250])
def test_a_hopeless_loss_for_so_many_batches_however_they_are_reported(at_once: int) -> None:
    watch, found = DivergenceWatch(), []
    losses = [1000.0] * 250
    for start in range(0, 250, at_once):
        part = losses[start : start + at_once]
        found += [watch.see(part, start + len(part))]
    first = next(each for each in found if each)
    assert first.step == HOPELESS_BATCHES
    assert first.reason == "at batch 100 the loss had been above 23, ten times that of guessing, for 100 batches"


def test_a_loss_that_comes_down_again_is_no_divergence() -> None:
    watch = DivergenceWatch()
    for start in range(0, 1000, 100):
        assert watch.see([1e3] * 20 + [0.5] * 80, start + 100) is None
    assert watch.see([0.99 * HOPELESS_LOSS] * 500, 1500) is None


def test_one_wild_batch_is_smoothed_away() -> None:
    assert DivergenceWatch().see([2.3] * 50 + [200.0] + [2.3] * 200, 251) is None


def test_weights_and_scores() -> None:
    sound, broken = torch.ones(3), torch.tensor([1.0, math.inf])
    assert by_weights([sound, sound], 9) is None
    assert by_weights([sound, broken], 1234) == TrainingDiverged(
        1234, "after batch 1,234 a weight is not a finite number"
    )
    assert by_scores("test", 2.0, 9) is None
    overflow = by_scores("validation", math.nan, 9)
    assert overflow == TrainingDiverged(
        9, "after batch 9 the loss of the validation images is not a finite number"
    )
