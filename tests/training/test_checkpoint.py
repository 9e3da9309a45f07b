"""A training that is taken up after an epoch: bit for bit what it would have been."""

from dataclasses import replace

import pytest
import torch
from small import SHAKEN
from tensors import same
from trainings import Clock, Stopper, last_weights, of, trained

from playground.data.images import FashionData
from playground.experiment.experiment import Experiment
from playground.experiment.optimizers import OPTIMIZERS
from playground.training.checkpoint import Start, state_from
from playground.training.engine import train
from playground.training.events import EpochEnd, TrainingFinished

LONG = SHAKEN.changed({"training.epochs": 4, "training.schedule": {"name": "one-cycle"}})


def after(epoch: int, events: list[object]) -> Start:
    """Where a training stood after an epoch, through the tensors that are kept of it."""
    end: EpochEnd = of(EpochEnd, events)[epoch - 1]
    assert end.state is not None
    weights = {name: value.clone() for name, value in end.weights.items()}
    return Start(weights, end.validation_logits, state_from(end.state.tensors()))


@pytest.mark.parametrize("name", OPTIMIZERS.tags)
def test_the_same_bits_with_every_optimizer(few: FashionData, name: str) -> None:
    experiment = LONG.changed({"training.optimizer": {"name": name}})
    whole = trained(experiment, few)
    rest = list(train(experiment, few, Clock(), start=after(2, whole)))
    assert [end.metrics.epoch for end in of(EpochEnd, rest)] == [3, 4]
    assert same(last_weights(rest), last_weights(whole))
    assert torch.equal(of(TrainingFinished, rest)[0].test_logits, of(TrainingFinished, whole)[0].test_logits)
    for one, other in zip(of(EpochEnd, rest), of(EpochEnd, whole)[2:], strict=True):
        assert replace(one.metrics, seconds=0) == replace(other.metrics, seconds=0)


def test_an_interruption_counts_steps_images_and_seconds_on(few: FashionData) -> None:
    whole = trained(LONG, few)
    start = after(3, whole)
    first = next(event for event in train(LONG, few, Clock(), start=start) if hasattr(event, "step"))
    in_epoch = len(few.train.labels) * 11 // 12
    assert first.step > 3 * (in_epoch // LONG.training.batch_size)
    assert first.images > 3 * in_epoch
    assert first.train_seconds > start.state.seconds


def test_after_the_last_epoch_there_is_only_the_judgement(few: FashionData) -> None:
    whole = trained(LONG, few)
    rest = list(train(LONG, few, Clock(), start=after(4, whole)))
    assert of(EpochEnd, rest) == []
    assert torch.equal(of(TrainingFinished, rest)[0].test_logits, of(TrainingFinished, whole)[0].test_logits)


def test_forgetting_the_optimizer_makes_a_difference(few: FashionData) -> None:
    experiment = LONG.changed({"training.optimizer": {"name": "adam"}})
    start = after(2, trained(experiment, few))
    fresh = replace(start, state=start.state.with_fresh_optimizer())
    kept, forgotten = (list(train(experiment, few, Clock(), start=each)) for each in (start, fresh))
    assert not same(last_weights(kept), last_weights(forgotten))


def test_a_missing_generator_begins_afresh_and_the_same_each_time(few: FashionData) -> None:
    start = after(2, trained(LONG, few))
    bare = replace(start, state=replace(start.state, generators={}))
    one, other = (last_weights(list(train(LONG, few, Clock(), start=bare))) for _ in range(2))
    assert same(one, other)
    assert not same(one, last_weights(list(train(LONG, few, Clock(), start=start))))


def test_an_epoch_that_was_cut_short_is_no_place_to_go_on(few: FashionData) -> None:
    ends = of(EpochEnd, trained(LONG, few, Stopper(at=10)))
    assert [end.state is None for end in ends] == [False, True]


def test_a_rate_that_was_changed_by_hand_stays_changed(few: FashionData) -> None:
    experiment: Experiment = LONG.changed({"training.schedule": {"name": "constant"}})
    start = after(2, trained(experiment, few))
    slower = replace(start, state=replace(start.state, full_rate=0.01))
    ends = of(EpochEnd, list(train(experiment, few, Clock(), start=slower)))
    assert [end.metrics.learning_rate for end in ends] == pytest.approx([0.01, 0.01])
