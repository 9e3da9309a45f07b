"""One registry of kinds, optimizers and schedules: every sentence names a setting by its own path."""

import pytest

from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.variants import VARIANTS

EVERY = [(family, tag) for family, registry in VARIANTS.items() for tag in registry.tags]


@pytest.mark.parametrize(("family", "tag"), EVERY)
def test_a_fault_is_told_without_the_tag_that_pydantic_puts_into_its_path(family: str, tag: str) -> None:
    if family == "kind":
        document, path = {"architecture": {"layers": [{"kind": tag, "x": 1}]}}, "architecture.layers.0.x"
    else:
        document, path = {"training": {family: {"name": tag, "x": 1}}}, f"training.{family}.x"
    with pytest.raises(ExperimentError, match=f"^{path}: there is no such setting"):
        Experiment.parse(document)


@pytest.mark.parametrize(("family", "tag"), EVERY)
def test_a_tag_leads_to_its_class(family: str, tag: str) -> None:
    chosen = VARIANTS[family].find(tag)
    assert chosen in VARIANTS[family].members
    assert tag in chosen().model_dump().values()
    assert VARIANTS[family].find("nothing") is None


@pytest.mark.parametrize(("family", "tag"), EVERY)
def test_each_has_a_name_on_the_screen_and_a_sentence(family: str, tag: str) -> None:
    chosen = VARIANTS[family].find(tag)
    assert chosen.title
    assert chosen.explanation().endswith(".")


def test_a_tag_is_taken_once() -> None:
    for registry in VARIANTS.values():
        with pytest.raises(ValueError, match=f"there is a {registry.tags[0]} already"):
            registry.add(registry.members[0])
