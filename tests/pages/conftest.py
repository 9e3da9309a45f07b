"""The app itself, driven without a browser, on a home of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opened import opened
from streamlit.testing.v1 import AppTest

from playground.app.shared.navigation import PageEntry
from playground.data.sources.datasets import Datasets
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor

TINY = {"data.fraction": 0.02, "training.epochs": 2, "training.precision": "float32"}


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished run of `quick`, on a fiftieth of the sample."""
    home = tmp_path_factory.mktemp("trained")
    shelf = Lab(Settings(home=home, threads=1), InlineExecutor())
    shelf.trainer.start(PRESETS["quick"].experiment.changed(TINY))
    return home


@pytest.fixture(autouse=True)
def sample_only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fetches the full set, unless a test says that it needs it.

    Else every app unpacks 55 MB into its home, and which images it has depends on when that is done.
    """
    if not request.node.get_closest_marker("full_data"):
        monkeypatch.setattr(Datasets, "start_fetching", lambda *_, **__: None)


@pytest.fixture
def app(home: Path) -> Iterator[AppTest]:
    """The app after its first run, with torch imported; nothing trained yet."""
    yield from opened()


@pytest.fixture
def trained_app(home: Path, trained_home: Path) -> Iterator[AppTest]:
    """The app with one finished run."""
    shutil.copytree(trained_home / "runs", home / "runs")
    yield from opened()


@pytest.fixture
def open_page() -> Callable[[AppTest, PageEntry], AppTest]:
    """Open a page and see that it shows no exception."""

    def go(test: AppTest, page: PageEntry) -> AppTest:
        test.switch_page(page.script).run()
        assert not test.exception
        return test

    return go
