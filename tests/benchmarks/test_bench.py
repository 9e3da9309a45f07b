"""The object that the bench prints: its fields stay."""

import json

import pytest
from measured import QUICK, RATIOS

from playground.benchmarks.bench import document, measure_all
from playground.data.images import FashionData
from playground.errors import DataError

FIELDS = {
    "processor", "threads", "torch", "data", "rounds", "images", "epochs", "multiply_adds",
    "training_operations",
    "tutorial_seconds_an_epoch", "ours", "peers", "matmul_gflops", "peak_memory_mb", "tutorial_peak_memory_mb",
}  # fmt: skip
OURS = {
    "precision", "seconds_an_epoch", "images_a_second", "ratio", "ratio_lowest", "ratio_highest", "images",
    "matmul_gflops", "matmul_side", "peak_share", "peak_memory_mb",
}  # fmt: skip
PEER = {
    "name", "version", "seconds_an_epoch", "images_a_second", "ratio", "ratio_lowest", "ratio_highest",
    "peak_memory_mb",
}  # fmt: skip
TRAINED = {
    "name", "seeds", "parameters", "epochs", "precision", "test_images", "test_time_mirror", "test_time_shift",
    "wall_seconds",
    "tutorial_epochs", "test_accuracies", "peak_memory_mb", "mean_accuracy", "deviation_over_seeds",
    "standard_error",
}  # fmt: skip


def test_its_fields():
    found = json.loads(json.dumps(document(RATIOS, (QUICK,))))
    assert set(found) == FIELDS | {"fast", "recipes"}
    assert [set(ours) for ours in found["ours"]] == [OURS, OURS]
    assert [set(peer) for peer in found["peers"]] == [PEER]
    assert [set(recipe) for recipe in found["recipes"]] == [TRAINED]
    assert found["recipes"][0]["test_accuracies"] == [0.92, 0.93]
    assert document(RATIOS, fast=True)["fast"]
    assert document(RATIOS)["recipes"] == []


def test_the_sample_is_refused_before_anything_is_measured(few: FashionData):
    said: list[str] = []
    with pytest.raises(DataError, match="give --fast"):
        measure_all(few, said.append, (0,))
    assert said == []
