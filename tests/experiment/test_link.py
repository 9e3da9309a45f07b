"""Experiments in links."""

import base64
import re
import zlib

import pytest
from small import SHAKEN, TINY, random_architecture

from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.link import from_word, to_word
from playground.experiment.presets import PRESETS


@pytest.mark.parametrize("experiment", [TINY, SHAKEN, *(preset.experiment for preset in PRESETS.values())])
def test_there_and_back_in_letters_that_need_no_quoting(experiment: Experiment) -> None:
    word = to_word(experiment)
    assert re.fullmatch(r"[\w-]+", word, re.ASCII)
    assert len(word) < 1500
    assert from_word(word) == experiment


@pytest.mark.parametrize("seed", range(30))
def test_any_architecture(seed: int) -> None:
    experiment = TINY.model_copy(update={"architecture": random_architecture(seed)})
    assert from_word(to_word(experiment)) == experiment


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("", "cut off or altered"),
        ("äöü", "cut off or altered"),
        ("a" * 5, "cut off or altered"),
        (to_word(TINY)[:-30], "cut off"),
        (to_word(TINY)[30:], "cut off or altered"),
        ("x" * 30_000, r"30,000 letters; 20,000 are the most"),
        (packed("0" * 1_000_000), "cut off"),
        (packed("[" * 100_000), "cut off or altered"),
        (packed("[]"), "."),
        (packed('{"training": {"epochs": -1}}'), r"training\.epochs"),
        (packed('{"schema_version": 9}'), "schema version 9"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(word: str, sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        from_word(word)


def test_an_older_link_without_newer_fields_still_opens() -> None:
    assert from_word(packed('{"training": {"epochs": 3}}')).training.epochs == 3
