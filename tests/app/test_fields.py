"""Every setting has a widget with a label and a sentence."""

import pytest

from playground.app.shared.fields import FIELDS, in_screen_words
from playground.experiment.base import Frozen
from playground.experiment.variants import VARIANTS

ELSEWHERE = {"kind", "name", "layers", "hidden", "augmentation"}  # shown in a way of their own


@pytest.mark.parametrize("model", FIELDS)
def test_every_setting_of_a_model_is_in_its_form(model: type[Frozen]):
    assert set(FIELDS[model]) | (ELSEWHERE & set(model.model_fields)) == set(model.model_fields)


def test_every_variant_with_settings_has_a_form():
    for variants in VARIANTS.values():
        for model in variants:
            assert model in FIELDS or len(model.model_fields) == 1


def test_every_setting_is_explained():
    for fields in FIELDS.values():
        for field in fields.values():
            assert field.label
            assert field.help.endswith(".")


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("training.batch_size: 0 is too small.", "Batch size: 0 is too small."),
        ("training.optimizer.learning_rate: x", "Learning rate: x"),
        ("architecture.layers.1.channels: x", "Layer 2, Channels: x"),
        ("architecture.hidden.0.units: x", "Dense layer 1, Units: x"),
        ("Raise training.batch_size, or not.", "Raise Batch size, or not."),
        ("conv1: nothing to replace here.", "conv1: nothing to replace here."),
    ],
)
def test_complaints_use_the_words_on_the_screen(sentence: str, shown: str):
    assert in_screen_words(sentence) == shown
