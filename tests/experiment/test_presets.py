"""The published systems, to the last parameter."""

import pytest

from playground.experiment.optimizers import SGD, Adam
from playground.experiment.presets import DEFAULT_PRESET, PRESETS, name_for
from playground.experiment.schedules import Steps
from playground.network.plan import check

PUBLISHED = {
    "two-conv-three-fc": (35_238, 15, 0.8604),
    "two-conv-same": (28_938, 6, None),
    "input-batch-norm": (53_858, 9, 0.9018),
    "three-conv-batch-norm": (39_786, 70, 0.9189),
    "mlp-baseline": (235_146, 12, 0.745),
    "lenet-tanh": (44_426, 12, 0.872),
    "lenet-relu": (44_426, 12, 0.8824),
    "lenet-batch-norm": (44_470, 12, 0.896),
    "lenet-wide": (85_918, 12, 0.913),
    "lenet-wide-k3": (112_286, 12, 0.914),
    "lenet-wide-k3-k3": (154_270, 12, 0.925),
    "lenet-32-64": (306_622, 12, 0.94),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_epochs_and_reported_accuracy(name: str) -> None:
    preset = PRESETS[name]
    parameters, epochs, reported = PUBLISHED[name]
    assert check(preset.experiment).parameters == parameters
    assert preset.experiment.training.epochs == epochs
    assert preset.reported_accuracy == reported
    assert preset.experiment.training.precision == "float32"
    assert preset.article


def test_there_are_twelve_and_our_own() -> None:
    assert list(PRESETS) == [DEFAULT_PRESET, "accurate", "robust", *PUBLISHED]
    assert all(preset.name == name for name, preset in PRESETS.items())


@pytest.mark.parametrize("name", ["quick", "accurate", "robust"])
def test_ours_are_no_larger_than_the_largest_of_theirs(name: str) -> None:
    preset = PRESETS[name]
    assert check(preset.experiment).parameters <= 306_622
    assert (preset.reported_accuracy, preset.article) == (None, None)


def test_training_settings_of_the_articles_that_give_them() -> None:
    training = {name: PRESETS[name].experiment.training for name in PUBLISHED}
    assert training["two-conv-three-fc"].optimizer == SGD(learning_rate=0.005)
    assert (training["two-conv-three-fc"].batch_size, training["two-conv-three-fc"].shuffle) == (20, False)
    assert training["two-conv-same"].optimizer == SGD(learning_rate=0.1)
    assert (training["two-conv-same"].batch_size, training["two-conv-same"].shuffle) == (100, False)
    assert training["input-batch-norm"].optimizer == Adam(learning_rate=0.005)
    assert (training["input-batch-norm"].batch_size, training["input-batch-norm"].seed) == (256, 420)
    assert training["three-conv-batch-norm"].optimizer == Adam(learning_rate=0.01)
    assert training["three-conv-batch-norm"].schedule == Steps(
        milestones=(50,), factor=0.1, restart_optimizer=True
    )
    assert PRESETS["three-conv-batch-norm"].experiment.data.scaling == "raw"


def test_a_run_is_named_after_its_preset() -> None:
    quick = PRESETS["quick"].experiment
    assert name_for(quick.changed({"training.seed": 9})) == "quick"
    assert name_for(quick.changed({"training.epochs": 1})) == "quick, changed"
    assert (
        name_for(quick.changed({"architecture.layers": []} | {"architecture.readout": "flatten"}))
        == "0 conv, 0 dense"
    )
    assert all(name_for(preset.experiment) == name for name, preset in PRESETS.items())  # two have the same layers
