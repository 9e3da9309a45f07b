"""Where things are kept and how many cores may be used: environment variables PLAYGROUND_*."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

from playground.errors import SettingsError
from playground.experiment.messages import sentences
from playground.runs import retention
from playground.runs.database import checked_url
from playground.system.files import named
from playground.text.sentences import printable

_PREFIX = "PLAYGROUND_"
APP_FOLDER = Path(__file__).resolve().parents[2]


def default_home() -> Path:
    """Where things are kept if nobody says: beside the app, or in a person's own folder where only the package is.

    A package that pip installed lies among other packages, which an update replaces.

    Raises:
        SettingsError: The account has no folder of its own.
    """
    if (APP_FOLDER / "streamlit_app.py").is_file():
        return APP_FOLDER / ".playground"
    try:
        return Path("~/.playground").expanduser().absolute()
    except RuntimeError:
        raise SettingsError(
            "PLAYGROUND_HOME: it is not set, and this account has no folder of its own. "
            "Name a folder, which may be new."
        ) from None


class Settings(BaseSettings):
    """Settings of this process.

    Attributes:
        home: Data, runs and database (PLAYGROUND_HOME); `default_home` if not set.
        data: A folder with Fashion-MNIST's files, used and no other (PLAYGROUND_DATA).
        threads: CPU threads of a training (PLAYGROUND_THREADS); None leaves the choice to PyTorch.
        run_megabytes: What the weights of one run may take on the disk (PLAYGROUND_RUN_MEGABYTES), about: above
            it they are kept of every second epoch, every fourth, and so on.
        database: The URL of the database of this home's runs (PLAYGROUND_DATABASE), as SQLAlchemy reads it; None
            is the file playground.db in the home.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default_factory=default_home)
    data: Path | None = None
    threads: int | None = Field(default=None, ge=1, le=256)
    run_megabytes: int = Field(default=retention.MOST_BYTES // 2**20, ge=1, le=2**20)
    database: SecretStr | None = None  # there may be a password in it

    @field_validator("home", "data", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return named_folder(value) if isinstance(value, str) else value

    @property
    def database_url(self) -> str:
        """Where the database is."""
        # rendered by SQLAlchemy: a folder may be named with a character that means something in an address
        if self.database is not None:
            return self.database.get_secret_value()
        return str(URL.create("sqlite", database=str(self.home / "playground.db")))


def named_folder(text: str) -> Path:
    """The folder that a person named, from the root; "~" is their own.

    Raises:
        ValueError: It cannot be one, or would be another than was meant.
    """
    if not text.strip():
        raise ValueError("it is blank. Name a folder, or leave the variable out")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise ValueError(
            f"{printable(text)} has characters in its name that are no text. Rename it, or name another folder"
        )
    folder = named(text).absolute()
    if str(named(text)).startswith("~") and not folder.exists():
        raise ValueError(f"{text} is nobody's folder here. Write it from the root")
    if re.search(r"\$\{?\w", text) and not folder.exists():
        raise ValueError(f"{text} has a $, and no variable is put in for it here. Write the folder itself")
    return folder


def load_settings() -> Settings:
    """The settings of this process's environment.

    Raises:
        SettingsError: A variable has a value that cannot be, or its name is misspelt.
    """
    _need_known_names()
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(" ".join(_variable(each) for each in sentences(error))) from None
    _need_folder(settings.home)
    if settings.data is not None and not settings.data.is_dir():
        raise SettingsError(f"PLAYGROUND_DATA: {settings.data} is no folder. Name one that is there.")
    checked_url(settings.database_url)  # now: later it is opened in a thread of its own
    return settings


def _need_known_names() -> None:
    """Refuse what is misspelt; what is not even similar is another program's."""
    names = {f"{_PREFIX}{field.upper()}" for field in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(_PREFIX) and name.upper() not in names:
            meant = difflib.get_close_matches(name.upper(), names, 1, 0.9)
            if meant:
                raise SettingsError(f"{name} is no setting. Write {meant[0]}, or leave it out.")


def _need_folder(home: Path) -> None:
    """The home, or what there is of the way to it, has to be a folder."""
    there = next(each for each in (home, *home.parents) if each.exists() or each.is_symlink())
    if not there.is_dir():
        what = "a file" if there.exists() else "a link that leads nowhere"
        raise SettingsError(f"PLAYGROUND_HOME: {there} is {what}. Name a folder, which may be new.")


def _variable(sentence: str) -> str:
    field, _, reason = sentence.partition(":")
    return f"{_PREFIX}{field.upper()}:{reason}"
