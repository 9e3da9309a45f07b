"""What all tests share: real images, a home of their own, and no silent skips in CI."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import playground  # noqa: F401  before torch: it says how long OpenMP's threads spin

if TYPE_CHECKING:  # the fixtures import torch: a run of tests without images should not wait for it
    from scored import Scored

    from playground.data.images import FashionData, Images

NEVER_SKIPPED_IN_CI = ("full_data", "browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needed = [name for name in NEVER_SKIPPED_IN_CI if item.get_closest_marker(name)]
    if report.skipped and not hasattr(report, "wasxfail") and needed and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"In CI a skipped {needed[0]} test is a failure: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with a browser first: with two workers, small files are what fills the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(scope="session")
def sample() -> "FashionData":
    """The 7,000 real images that come with the playground."""
    from playground.data.sources.sample import load_sample

    return load_sample()


@pytest.fixture(scope="session")
def few(sample: "FashionData") -> "FashionData":
    """240 training and 100 test images, all real, for what needs no accuracy."""
    import torch

    from playground.data.classes import CLASSES
    from playground.data.images import FashionData

    def first(images: "Images", each: int) -> "Images":
        return images.take(torch.cat([torch.nonzero(images.labels == c)[:each, 0] for c in range(CLASSES)]))

    return FashionData.of("sample", "sample", first(sample.train, 24), first(sample.test, 10))


@pytest.fixture(scope="session")
def full_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all 70,000 images, to put into homes; no file where this machine does not have them."""
    from full_set import unpacked

    return unpacked(tmp_path_factory.mktemp("full-set"))


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> "Scored":
    """What the example's network says of the sample's 1,000 test images."""
    from scored import Scored

    from playground.lab.lab import Lab
    from playground.lab.settings import Settings

    shelf = Lab(Settings(home=tmp_path_factory.mktemp("example")))
    seen = shelf.scores.scored(shelf.library.examples()[0], "test")
    return Scored(seen.logits, seen.images.labels)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of this test's own; every part of the playground, subprocesses too, works in it."""
    for name in [name for name in os.environ if name.startswith("PLAYGROUND_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLAYGROUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PLAYGROUND_THREADS", "1")  # tiny networks are slower on several, and on a busy machine
    return tmp_path / "home"
