"""How long an epoch will take, judged by earlier runs."""

import pytest
from records import record
from small import TINY

from playground.app.train.expectation import expected_epoch_seconds
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
from playground.network.plan import plan
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.events import EpochMetrics


def epoch(seconds: float, images: int = 550) -> EpochMetrics:
    return EpochMetrics(1, images, 1.0, 0.5, 1.0, 0.5, 0.1, seconds)


@pytest.fixture
def lab(home) -> Lab:
    return Lab(load_settings(), InlineExecutor())


def keep(home, number: int, **changes) -> None:
    run = record(number, train_images=550, **changes)
    RunFolders(home).folder(run.run).write(run)


def test_nothing_is_said_before_the_first_run(lab: Lab):
    assert expected_epoch_seconds(lab, TINY, plan(TINY.architecture)) is None


def test_a_run_of_the_same_layers_says_it_per_image(lab: Lab, home):
    keep(home, 1, epochs=(epoch(2.0),))
    images = len(lab.datasets.current().train) * 11 / 12 * TINY.data.fraction
    assert expected_epoch_seconds(lab, TINY, plan(TINY.architecture)) == (pytest.approx(images * 2 / 550), "tiny")


def test_other_layers_are_judged_by_their_multiply_adds(lab: Lab, home):
    keep(home, 1, epochs=(epoch(2.0),))
    larger = TINY.changed({"architecture.layers.0.channels": 64})
    same = expected_epoch_seconds(lab, TINY, plan(TINY.architecture))
    other = expected_epoch_seconds(lab, larger, plan(larger.architecture))
    ratio = plan(larger.architecture).multiply_adds / plan(TINY.architecture).multiply_adds
    assert same is not None
    assert other == (pytest.approx(same[0] * ratio), "tiny")


def test_an_epoch_that_was_cut_short_says_nothing(lab: Lab, home):
    keep(home, 1, epochs=(epoch(2.0, images=50),))
    assert expected_epoch_seconds(lab, TINY, plan(TINY.architecture)) is None
