"""Learning rates, held against PyTorch's schedulers."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from playground.experiment.experiment import Experiment
from playground.experiment.schedules import SCHEDULES
from playground.experiment.training import Training
from playground.training.schedule import curve, highest_share, learning_rate

EPOCHS, BATCHES, RATE = 6, 7, 0.3
STEPS = EPOCHS * BATCHES


def training(epochs: int = EPOCHS, **schedule: Any) -> Training:
    document = {"epochs": epochs, "optimizer": {"name": "sgd", "learning_rate": RATE}, "schedule": schedule}
    return Experiment.parse({"training": document}).training


def ours(settings: Training) -> list[float]:
    return [learning_rate(settings, step, BATCHES) for step in range(STEPS)]


def theirs(make: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler], every: int = 1) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    rates = []
    for step in range(1, STEPS + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step % every == 0:
            scheduler.step()
    return rates


def test_constant() -> None:
    assert set(ours(training(name="constant"))) == {RATE}


@pytest.mark.parametrize("milestones", [(1,), (2, 5), ()])
def test_steps_are_multisteplr(milestones: tuple[int, ...]) -> None:
    settings = training(name="steps", milestones=list(milestones), factor=0.2)
    expected = theirs(lambda o: lr_scheduler.MultiStepLR(o, list(milestones), 0.2), every=BATCHES)
    assert ours(settings) == pytest.approx(expected)


@pytest.mark.parametrize("final", [0.0, 0.1])
def test_cosine_is_cosineannealinglr(final: float) -> None:
    expected = theirs(lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=final * RATE))
    assert ours(training(name="cosine", final=final)) == pytest.approx(expected)


def test_one_cycle_is_onecyclelr() -> None:
    start, final, share = 0.04, 0.001, 0.3
    # theirs counts steps + 1 rates, and its peak is one step early
    rise = (share * (STEPS + 1) - 1) / STEPS
    expected = theirs(
        lambda o: lr_scheduler.OneCycleLR(
            o,
            RATE,
            STEPS + 1,
            pct_start=share,
            div_factor=1 / start,
            final_div_factor=start / final,
            cycle_momentum=False,
        )
    )
    assert ours(training(name="one-cycle", rise=rise, start=start, final=final)) == pytest.approx(expected)


def test_a_milestone_is_met_at_the_first_batch_behind_it_whatever_the_numbers() -> None:
    for epochs in (2, 7, 49, 70, 98, 1000):
        for milestone in range(1, epochs, max(1, epochs // 40)):
            settings = training(epochs, name="steps", milestones=[milestone], factor=0.5)
            for batches in (1, 3, 49, 469):
                assert learning_rate(settings, milestone * batches, batches) == RATE / 2
                assert learning_rate(settings, milestone * batches - 1, batches) == RATE


@pytest.mark.parametrize("name", SCHEDULES.tags)
def test_the_curve_is_the_schedule(name: str) -> None:
    settings = training(name=name)
    epochs, rates = curve(settings, points=STEPS + 1)
    assert (epochs[0], epochs[-1]) == (0, EPOCHS)
    assert rates[:-1] == pytest.approx(ours(settings))


@pytest.mark.parametrize("name", SCHEDULES.tags)
@pytest.mark.parametrize("done", [1, 3, STEPS])
def test_the_highest_share_is_that_of_the_batches_that_were_trained(name: str, done: int) -> None:
    settings = training(name=name)
    assert highest_share(settings, done, BATCHES) == pytest.approx(max(ours(settings)[:done]) / RATE)


def test_the_highest_share_of_a_long_run_is_looked_for_in_2000_batches() -> None:
    settings = training(1000, name="one-cycle")
    assert highest_share(settings, 1000 * 469, 469) == pytest.approx(1, abs=1e-4)
    assert highest_share(settings, 0, 469) == 0
