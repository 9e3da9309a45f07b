"""One registry of kinds, optimizers and schedules: every sentence names a setting by its own path."""

import pytest

from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.variants import VARIANTS, tags, variant

EVERY = [(family, tag) for family in VARIANTS for tag in tags(family)]


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
    chosen = variant(family, tag)
    assert chosen in VARIANTS[family]
    assert tag in chosen().model_dump().values()
    assert variant(family, "nothing") is None
