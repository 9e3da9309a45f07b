"""Every setting has a widget with a label and a sentence."""

import pytest

from playground.app.shared.fields import in_screen_words, models
from playground.experiment.base import Frozen

ELSEWHERE = {"kind", "name", "layers", "hidden", "augmentation"}  # shown in a way of their own


@pytest.mark.parametrize("model", [*models()])
def test_every_field_of_a_model_is_a_setting_with_a_label_and_a_sentence(model: type[Frozen]):
    settings = model.settings()
    assert set(settings) == set(model.model_fields) - ELSEWHERE
    assert tuple(settings)[: len(model.leading)] == model.leading
    for setting in settings.values():
        assert setting.label
        assert setting.help.endswith(".")


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
