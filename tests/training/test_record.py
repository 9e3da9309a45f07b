"""The record of a training and its states."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from small import TINY

from playground.experiment.messages import sentences
from playground.training.events import EpochMetrics, RateChanged
from playground.training.record import DataOrigin, Run, RunState

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


def changed(path: str, value: object) -> str:
    """The record of a run as JSON, with something else in one place."""
    document: Any = json.loads(RUN.model_dump_json())
    *parents, last = path.split(".")
    node = document
    for key in parents:
        node = node[int(key) if key.isdecimal() else key]
    node[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("created", "9999-12-31T23:59:59-12:00", "is no time at which anything was made"),
        ("created", "0001-01-01T00:00:00+14:00", "is no time at which anything was made"),
        ("created", "2026-01-01T00:00:00", "does not say its zone"),
        ("name", "x" * 5_000_000, "5,000,000 letters are too many"),
        ("run", "x" * 101, "101 letters are too many"),
        ("message", "x" * 2001, "2,001 letters are too many"),
        ("torch", "x" * 201, "201 letters are too many"),
        ("data.source", "x" * 201, "201 letters are too many"),
        ("parameters", 2**60, "is too large"),
        ("parameters", -1, "-1 is too small"),
        ("train_seconds", float("nan"), "is not a finite number"),
        ("train_seconds", 1e300, "is too large"),
        ("test_accuracy", 7.0, "is too large"),
        ("epochs.0.images", 0, "is too small"),
        ("epochs.1.train_accuracy", float("inf"), "is not a finite number"),
        ("epochs.1.epoch", 1, "its epochs are numbered"),
        ("rate_changes", [{"step": 1, "epoch": 1.0, "learning_rate": 0.1}] * 100_001, "entries are too many"),
    ],
)
def test_what_cannot_be_of_a_run_is_a_sentence(path: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as fault:
        Run.model_validate_json(changed(path, value))
    said = " ".join(sentences(fault.value))
    assert words in said
    assert len(said) < 300


def test_a_number_of_more_digits_than_python_writes_is_a_sentence() -> None:
    content = changed("parameters", 12345).replace("12345", "9" * 5000)
    with pytest.raises(ValidationError) as fault:
        Run.model_validate_json(content)
    assert len(" ".join(sentences(fault.value))) < 300


def test_epochs_that_a_training_may_have_are_read() -> None:
    content = changed("epochs.1.train_loss", float("nan"))
    assert math.isnan(Run.model_validate_json(content).epochs[1].train_loss)
