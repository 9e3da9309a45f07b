"""A home for images that may be large, and places to fetch them from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror import Mirror


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home of mine"
    shutil.rmtree(tmp_path / "home of mine", ignore_errors=True)  # up to 100 MB each


@pytest.fixture
def no_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    mirror = Mirror()
    yield mirror
    mirror.close()
