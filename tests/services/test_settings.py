"""Settings from the environment."""

from pathlib import Path

import pytest

from playground.errors import SettingsError
from playground.services.database import open_database
from playground.services.settings import APP_FOLDER, load_settings


def complaint() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


@pytest.fixture(autouse=True)
def clean(home: Path) -> None:
    """No settings but those of the test."""


def test_each_comes_from_its_variable(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_THREADS", "3")
    settings = load_settings()
    assert (settings.home, settings.data, settings.threads) == (home, tmp_path, 3)


@pytest.mark.parametrize("empty", [True, False])
def test_an_empty_variable_is_as_good_as_none(empty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "DATA", "THREADS"):
        monkeypatch.delenv(f"PLAYGROUND_{name}", raising=False)
        if empty:
            monkeypatch.setenv(f"PLAYGROUND_{name}", "")
    settings = load_settings()
    assert settings.home == APP_FOLDER / ".playground"
    assert (settings.data, settings.threads) == (None, None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("x", "'x' is not a whole number. Give one such as 4."),
        ("0", "'0' is too small. The least is 1."),
        ("257", "'257' is too large. The most is 256."),
        ("1.5", "'1.5' is not a whole number. Give one such as 4."),
    ],
)
def test_threads_that_cannot_be(value: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_THREADS", value)
    assert complaint() == f"PLAYGROUND_THREADS: {reason}"


def test_a_home_that_is_a_file(home: Path) -> None:
    home.write_text("")
    assert complaint() == f"PLAYGROUND_HOME: {home} is a file. Name a folder, which may be new."


def test_a_data_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "nowhere"))
    assert complaint() == f"PLAYGROUND_DATA: {tmp_path / 'nowhere'} is no folder. Name one that is there."


def test_a_database_whose_address_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().database_url == f"sqlite:///{home / 'playground.db'}"
    monkeypatch.setenv("PLAYGROUND_DATABASE", "nonsense")
    assert complaint().startswith("PLAYGROUND_DATABASE: nonsense cannot be opened: ")


def test_a_home_is_named_by_any_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "what? 50%23 #1"
    monkeypatch.setenv("PLAYGROUND_HOME", str(home))
    open_database(load_settings().database_url).engine.dispose()
    assert (home / "playground.db").is_file()
    assert [*tmp_path.iterdir()] == [home]
