"""Whole trainings as the bench starts them."""

import os
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from playground.benchmarks.recipes import Recipe, home_with, measure_memory, measure_recipe, recipes
from playground.data.images import FashionData
from playground.data.sources.cache import CACHE_NAME, read_cache
from playground.data.sources.datasets import Datasets
from playground.data.sources.originals import DEBIAN_FOLDER
from playground.errors import DataError, RunError
from playground.experiment.presets import PRESETS
from playground.network.plan import plan

TINY = ("data.fraction=0.005", "training.epochs=1")
RECIPE = Recipe(
    name="quick",
    seeds=(0, 1, 2),
    parameters=10,
    epochs=6,
    precision="float32",
    test_images=10_000,
    test_time_mirror=False,
    test_time_shift=False,
    wall_seconds=(1.0, 2.0, 3.0),
    tutorial_epochs=(0.1, 0.2, 0.3),
    test_accuracies=(0.91, 0.92, 0.93),
    peak_memory_mb=(1.0, 2.0, 3.0),
)


@pytest.fixture
def offline(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home without the network: Debian's images or the sample."""
    monkeypatch.setenv("PATH", "")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # nobody listens there
    return home


def test_the_recipes_are_those_that_are_presets():
    assert recipes({"accurate", "quick", "other"}) == ("quick", "accurate")
    assert recipes({"quick", "other"}) == ("quick",)
    assert recipes(()) == ()
    assert set(recipes()) == {"quick", "accurate"} & set(PRESETS)
    assert "quick" in recipes()


def test_spread_between_seeds_and_error_of_the_test_images():
    assert RECIPE.mean_accuracy == pytest.approx(0.92)
    assert RECIPE.deviation_over_seeds == pytest.approx(0.01)
    assert RECIPE.standard_error == pytest.approx(0.00271293, rel=1e-5)
    assert replace(RECIPE, seeds=(0,), test_accuracies=(0.9,)).deviation_over_seeds is None


def test_a_recipe_is_trained_once_a_seed(offline: Path):
    said: list[str] = []
    found = measure_recipe("quick", (3, 4), 2.0, offline, said.append, 10_000, TINY)
    assert said == ["quick, seed 3", "quick, seed 4"]
    assert (found.seeds, found.epochs, found.parameters) == (
        (3, 4),
        1,
        plan(PRESETS["quick"].experiment.architecture).parameters,
    )
    assert found.tutorial_epochs == tuple(wall / 2 for wall in found.wall_seconds)
    assert len(set(found.test_accuracies)) == 2
    assert all(0 < accuracy < 1 for accuracy in found.test_accuracies)
    assert found.mean_accuracy == statistics.fmean(found.test_accuracies)
    assert all(memory is None or memory > 100 for memory in found.peak_memory_mb)
    assert len([*(offline / "runs").iterdir()]) >= 2


def test_memory_is_that_of_the_training_process(offline: Path):
    memory = measure_memory("mlp-baseline", "float32", offline, ("data.fraction=0.005",))
    assert (memory is None) == (os.name == "nt")
    assert memory is None or memory > 100


def test_a_training_that_fails_is_a_sentence(offline: Path):
    with pytest.raises(RunError, match="nosuch"):
        measure_recipe("nosuch", (0,), 1.0, offline, lambda _: None)


def test_the_sample_is_refused(sample: FashionData):
    with pytest.raises(DataError, match="give --fast"), home_with(sample):
        pass


@pytest.mark.full_data
@pytest.mark.skipif(not DEBIAN_FOLDER.is_dir(), reason="Debian's dataset-fashion-mnist is not here")
def test_a_home_has_the_images_and_goes(offline: Path):
    data = Datasets(offline).fetch()
    with home_with(data) as home:
        assert read_cache(home / "data" / CACHE_NAME).fingerprint == data.fingerprint
    assert not home.exists()
