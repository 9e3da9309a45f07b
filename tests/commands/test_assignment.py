"""`--set PATH=VALUE`: values as they are written here and elsewhere."""

from typing import Any

import pytest

from playground.commands.assignment import assignment
from playground.errors import ExperimentError
from playground.experiment.presets import PRESETS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2), ("-1", -1), ("+5", 5), ("0.5", 0.5), (".001", 0.001), ("5.", 5.0),
        ("1e-3", 0.001), ("-.5E2", -50.0),
        ("true", True), ("False", False), ("TRUE", True), ("null", None), (" 7 ", 7),
        ("sgd", "sgd"), ("'cpu'", "cpu"), ('"cpu"', "cpu"), ("'", "'"), ("0,005", "0,005"), ("\u0665", "\u0665"),
        ("", ""), ("NaN", "NaN"), ("9" * 5000, "9" * 5000), ("[5, 10]", [5, 10]), ('{"units": 2}', {"units": 2}),
    ],
)  # fmt: skip
def test_a_value_is_read(text: str, value: Any) -> None:
    path, found = assignment(f" training.epochs ={text}")
    assert (path, found, type(found)) == ("training.epochs", value, type(value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("training.epochs", '"training.epochs" sets nothing. Write PATH=VALUE'),
        ("=1", '"=1" sets nothing'),
        ("a=[1,", "--set a: the value is not a JSON document: it is cut off in line 1"),
        ('a=[{"b": 1, "b": 2}]', "--set a: the value names 'b' more than once, as 1 and 2. Leave one of them."),
    ],
)
def test_what_sets_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExperimentError) as raised:
        assignment(text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("training.optimizer.learning_rate=0,005", "'0,005' is not a number. Write 0.005."),
        ("training.optimizer.learning_rate=1,000", "'1,000' is not a number. Write 1000, or 1.000."),
        ('training.optimizer.learning_rate="0.1"', "'0.1' is not a number. Write 0.1"),
        ("data.fraction=50%", "'50%' is not a number. Write 0.5."),
        ("training.epochs=1,000", "'1,000' is not a whole number. Write 1000."),
        ("training.epochs=0,5", "'0,5' is not a whole number. Give one such as 4."),
        ("training.shuffle=off", "'off' is neither true nor false. Write false."),
        ("training.shuffle=1", "1 is neither true nor false. Write true."),
        ("training.shuffle=perhaps", "'perhaps' is neither true nor false. Give one of the two."),
        ("training.optimizer=sgd", "'sgd' is not a group of settings. Set training.optimizer.name to it."),
        ("architecture.layers.0=conv", "Set architecture.layers.0.kind to it."),
        ("training=fast", "Give an object in curly brackets, or set one setting in it."),
        ('training.schedule={"name": "steps", "milestones": "2,4"}', "'2,4' is not a list. Write [2,4]."),
        ('training.schedule={"name": "steps", "milestones": 2}', "2 is not a list. Give a list in square"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_told_with_what_was_meant(change: str, said: str) -> None:
    with pytest.raises(ExperimentError) as raised:
        PRESETS["quick"].experiment.changed(dict([assignment(change)]))
    assert said in str(raised.value)
