"""A published system trained on the real data, and what it makes of garments photographed on paper."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.pictures.garment_file import read_garment
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState
from tools.benchmarks.disturb import on_paper

pytestmark = pytest.mark.full_data
COUNT = 2_000


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Lab:
    lab = Lab(Settings(home=tmp_path_factory.mktemp("paper")), InlineExecutor())
    if lab.datasets.fetch().name != "full":
        pytest.skip("needs all 70,000 images")
    return lab


@pytest.fixture(scope="module")
def run(lab: Lab) -> Run:
    return lab.library.run(lab.trainer.start(PRESETS["two-conv-same"].experiment.changed({"training.epochs": 2})))


def test_two_epochs_of_two_conv_same_reach_84_percent(run: Run):
    assert run.state is RunState.DONE
    assert run.train_images == 55_000
    assert run.test_accuracy is not None
    assert run.test_accuracy >= 0.84


def test_pictures_on_paper_are_read_within_three_points(lab: Lab, run: Run):
    test = lab.scores.images(run, "test")
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(test))[:COUNT]
    prepared = np.stack([as_read(lab, on_paper(test.pixels[int(i)].numpy(), rng)) for i in chosen])
    guessed = lab.scores.probabilities(run, torch.from_numpy(prepared)).argmax(1)
    accuracy = float((guessed == test.labels[torch.from_numpy(chosen)]).double().mean())
    assert run.test_accuracy is not None
    assert accuracy >= run.test_accuracy - 0.03, f"{accuracy:.4f} of {COUNT}, run {run.test_accuracy:.4f}"


def as_read(lab: Lab, picture: np.ndarray) -> np.ndarray:
    """The way of an uploaded file: PNG bytes, decoded and prepared."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return read_garment(file.getvalue(), "picture.png").pixels
