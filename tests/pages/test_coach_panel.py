"""The coach beneath a run: what it says, and what its buttons do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from patience import until
from reading import said
from small import TINY
from streamlit.testing.v1 import AppTest
from test_runs import choose

from playground.app.shared.cache import lab
from playground.app.shared.navigation import RUNS, PageEntry
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run

Open = Callable[[AppTest, PageEntry], AppTest]


@pytest.fixture
def run(home: Path) -> Run:
    """A run whose rate was far too low, in the home that the app opens."""
    shelf = Lab(Settings(home=home, threads=1), InlineExecutor())
    slow = {"training.optimizer.learning_rate": 1e-6, "architecture.hidden": [{"units": 8}]}
    return shelf.library.run(shelf.trainer.start(TINY.changed(slow), name="slow"))


def test_a_fork_with_the_remedy_is_prepared_and_started(run: Run, app: AppTest) -> None:
    assert "The learning rate of 1e-06 is too low: after 2 epochs the training loss is 2.3" in said(app)
    key = f"{run.run}-Raise the rate to 0.1"
    assert app.number_input(key=f"fork-rate-{key}").value == 0.1
    assert app.number_input(key=f"fork-epochs-{key}-2").value == 4
    app.button(key=f"fork-start-{key}").click().run()
    assert not app.exception
    fork = lab().library.runs()[-1]
    assert (fork.parent, fork.parent_epoch) == (run.run, 2)
    assert fork.experiment.training.optimizer.learning_rate == 0.1
    until(lambda: len(lab().library.run(fork.run).epochs) == 4)


def test_what_needs_a_new_start_goes_into_the_sidebar(run: Run, app: AppTest, home: Path) -> None:
    folder = lab().library.folder(run.run)
    weights = folder.weights(2)
    weights["dense1.linear.bias"].fill_(-100.0)
    folder.keep_epoch(2, weights, folder.validation_logits(2))
    lab.clear()
    app.run()
    until(lambda: lab().is_warm)
    app.run()
    assert "all 8 channels are 0 on every one of 500 training images" in said(app)
    app.button(key=f"remedy-{run.run}-Dead ReLUs-Leaky ReLU there").click().run()
    assert not app.exception
    tab = app.session_state["session"]
    assert tab.draft["architecture"]["hidden"][0]["activation"] == "leaky_relu"
    assert "From the coach: slow" in said(app)
    tab.back()
    assert tab.draft["architecture"]["hidden"] != [{"units": 8}]


def test_a_sound_run_is_said_to_be_sound(trained_app: AppTest) -> None:
    """Of a run with faults nothing sound is claimed: the words on the screen are those of the rules."""
    (run,) = lab().library.runs()
    advice = lab().coaching.advise(run.run)
    words = said(trained_app)
    for verdict in advice.verdicts:
        assert verdict.sentence in words
    assert (advice.summary in words) == (not advice.faults)


def test_the_coach_stands_on_the_runs_page_too(run: Run, app: AppTest, open_page: Open) -> None:
    choose(app, run.run)
    open_page(app, RUNS)
    assert "The learning rate of 1e-06 is too low" in said(app)
