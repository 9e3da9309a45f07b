"""Settings from the environment."""

import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from playground.errors import SettingsError
from playground.lab.settings import APP_FOLDER, Settings, load_settings
from playground.runs.database import open_database


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


@pytest.mark.parametrize("name", ["HOME", "DATA"])
def test_a_folder_of_ones_own(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(f"PLAYGROUND_{name}", "~/x")
    assert getattr(load_settings(), name.lower()) == tmp_path / "x"


@pytest.mark.parametrize("name", ["HOME", "DATA"])
def test_a_relative_folder_stays_the_same_wherever_one_goes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"PLAYGROUND_{name}", "x")
    assert getattr(load_settings(), name.lower()) == tmp_path / "x"
    monkeypatch.setenv(f"PLAYGROUND_{name}", ".")
    assert getattr(load_settings(), name.lower()) == tmp_path


@pytest.mark.parametrize("name", ["HOME", "DATA"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("~nobody-of-this-name/x", "~nobody-of-this-name/x is nobody's folder here. Write it from the root."),
        ("$HOME/x", "$HOME/x has a $, and no variable is put in for it here. Write the folder itself."),
        ("${HOME}", "${HOME} has a $, and no variable is put in for it here. Write the folder itself."),
        (" ", "it is blank. Name a folder, or leave the variable out."),
        ("/a\nb", "/a\\nb has characters in its name that are no text. Rename it, or name another folder."),
        ("/a\udcff", "/a\\udcff has characters in its name that are no text. Rename it, or name another folder."),
    ],
)
def test_a_folder_that_cannot_be(name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    assert complaint() == f"PLAYGROUND_{name}: {reason}"


def test_a_home_below_a_file_or_behind_a_dead_link(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.symlink_to(home.parent / "nowhere")
    monkeypatch.setenv("PLAYGROUND_HOME", str(home / "x"))
    assert complaint() == f"PLAYGROUND_HOME: {home} is a link that leads nowhere. Name a folder, which may be new."
    home.unlink()
    home.write_text("")
    assert complaint() == f"PLAYGROUND_HOME: {home} is a file. Name a folder, which may be new."


def test_a_misspelt_variable_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_PORT", "tcp://10.0.0.1:80")  # another program's
    load_settings()
    monkeypatch.setenv("PLAYGROUND_THREAD", "2")
    assert complaint() == "PLAYGROUND_THREAD is no setting. Write PLAYGROUND_THREADS, or leave it out."


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nodriver://me:geheim@host/db",
        "nodb://me:geheim@host/db",
        "nodb://host/db?password=geheim",
        "nodb://me:ge%68eim@host/db",
        "postgresql://me:x/geheim@host:port/db",
        "me:geheim",
    ],
)
def test_the_password_of_a_database_is_never_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATABASE", url)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith("PLAYGROUND_DATABASE: ")
    assert "eim" not in _logged(caught.value)
    monkeypatch.setenv("PLAYGROUND_THREADS", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "eim" not in _logged(caught.value)
    assert "eim" not in repr(Settings(home=Path("/x"), database=SecretStr(url), threads=1))


def _logged(error: Exception) -> str:
    """What a log has of an error, without the lines of source."""
    return "".join(traceback.TracebackException.from_exception(error).format_exception_only())


def test_a_database_whose_address_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().database_url == f"sqlite:///{home / 'playground.db'}"
    monkeypatch.setenv("PLAYGROUND_DATABASE", "nonsense")
    assert complaint().startswith("PLAYGROUND_DATABASE: what it says cannot be opened: it is no address")


def test_a_home_is_named_by_any_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "what? 50%23 #1"
    monkeypatch.setenv("PLAYGROUND_HOME", str(home))
    open_database(load_settings().database_url).engine.dispose()
    assert (home / "playground.db").is_file()
    assert [*tmp_path.iterdir()] == [home]
