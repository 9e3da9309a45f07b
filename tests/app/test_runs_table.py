"""A row of the table of runs, held against its record."""

from dataclasses import replace

from records import record

from playground.app.runs.table import row
from playground.runs.about import About

WHOLE = record(1, train_seconds=3.14, multiply_adds=4000)


def of(*validation: float | None) -> dict[str, object]:
    epochs = tuple(
        replace(WHOLE.epochs[0], epoch=number, validation_accuracy=each)
        for number, each in enumerate(validation, 1)
    )
    return row(WHOLE.model_copy(update={"epochs": epochs}), About())


def test_its_figures_are_those_of_the_record() -> None:
    found = row(WHOLE, About())
    assert (found["Validation"], found["Test"], found["Course"]) == (10.0, 25.0, [10.0, 10.0])
    assert (found["Best epoch"], found["Epochs"], found["Seed"]) == (1, 2, 0)
    assert (found["Parameters"], found["Multiply-adds"], found["Seconds"]) == (200, 4000, 3.1)


def test_the_best_epoch_and_the_last_accuracy() -> None:
    found = of(0.25, 0.75, 0.5)
    assert (found["Best epoch"], found["Validation"], found["Course"]) == (2, 50.0, [25.0, 75.0, 50.0])


def test_nothing_right_is_0_percent_and_not_the_training_accuracy() -> None:
    assert of(0.0, 0.5)["Course"] == [0.0, 50.0]


def test_without_validation_the_course_is_that_of_the_training_accuracy() -> None:
    found = of(None, None)
    assert (found["Validation"], found["Best epoch"], found["Course"]) == (None, None, [20.0, 20.0])
