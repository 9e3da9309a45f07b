"""The record of a training and its states."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from small import TINY

from playground.core.events import EpochMetrics, RateChanged
from playground.core.run import DataOrigin, Run, RunState

EPOCHS = (
    EpochMetrics(1, 220, 2.0, 0.2, 2.1, 0.1, 0.1, 1.5),
    EpochMetrics(2, 100, 1.5, 0.3, 1.6, 0.4, 0.1, 1.5),
)
RUN = Run(
    run="20260101-000000-0001",
    name="tiny",
    state=RunState.DONE,
    created=datetime(2026, 1, 1, tzinfo=UTC),
    experiment=TINY,
    parameters=200,
    data=DataOrigin(name="sample", source="sample", fingerprint="0", verified=True),
    epochs=EPOCHS,
)


def test_a_state_is_live_or_final() -> None:
    live = {RunState.QUEUED, RunState.RUNNING, RunState.PAUSED}
    assert {state for state in RunState if state.is_live} == live
    assert {state for state in RunState if state.is_final} == set(RunState) - live


def test_states_are_their_words() -> None:
    assert " ".join(RunState) == "queued running paused stopped done diverged failed interrupted"


def test_it_survives_json() -> None:
    assert Run.model_validate_json(RUN.model_dump_json()) == RUN


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_can_be_read_back(value: float) -> None:
    text = RUN.model_copy(update={"test_loss": value}).model_dump_json()
    assert str(Run.model_validate_json(text).test_loss) == str(value)


def test_its_validation_accuracy_is_that_of_the_last_epoch() -> None:
    assert RUN.validation_accuracy == 0.4
    assert RUN.has_weights
    young = RUN.model_copy(update={"epochs": ()})
    assert young.validation_accuracy is None
    assert not young.has_weights


@pytest.mark.parametrize("accuracies", [[0.3, 0.5, 0.4, 0.5], [0.9], [0.0, 0.0], [0.1, 0.2]])
def test_its_best_epoch_is_the_first_maximum_of_numpy(accuracies: list[float]) -> None:
    epochs = tuple(replace(EPOCHS[0], epoch=n, validation_accuracy=each) for n, each in enumerate(accuracies, 1))
    assert RUN.model_copy(update={"epochs": epochs}).best_epoch == 1 + int(np.argmax(accuracies))


def test_without_validation_no_epoch_is_the_best() -> None:
    epochs = tuple(replace(each, validation_accuracy=None) for each in EPOCHS)
    assert RUN.model_copy(update={"epochs": epochs}).best_epoch is None


def test_an_epoch_that_was_cut_short_ends_at_its_share_of_the_images() -> None:
    assert RUN.model_copy(update={"train_images": 220}).ends == (1, pytest.approx(1 + 100 / 220))


def test_until_an_epoch_leaves_out_a_rate_changed_right_after_it() -> None:
    changes = (
        RateChanged(step=5, epoch=0.5, learning_rate=0.2),
        RateChanged(step=10, epoch=1.0, learning_rate=0.3),
    )
    run = RUN.model_copy(update={"rate_changes": changes})
    assert run.until(1).rate_changes == changes[:1]
