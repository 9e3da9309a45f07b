"""Where things are kept and how many cores may be used: environment variables PLAYGROUND_*."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

from playground.core.complaints import sentences
from playground.errors import SettingsError
from playground.services import retention
from playground.services.database import checked_url

APP_FOLDER = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Settings of this process.

    Attributes:
        home: Data, runs and database (PLAYGROUND_HOME).
        data: A folder with Fashion-MNIST's files, looked into first (PLAYGROUND_DATA).
        threads: CPU threads of a training (PLAYGROUND_THREADS); None leaves the choice to PyTorch.
        run_megabytes: What the weights of one run may take on the disk (PLAYGROUND_RUN_MEGABYTES), about: above
            it they are kept of every second epoch, every fourth, and so on.
        database: The URL of the database of this home's runs (PLAYGROUND_DATABASE), as SQLAlchemy reads it; None
            is the file playground.db in the home.
    """

    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", env_ignore_empty=True, frozen=True)

    home: Path = APP_FOLDER / ".playground"
    data: Path | None = None
    threads: int | None = Field(default=None, ge=1, le=256)
    run_megabytes: int = Field(default=retention.MOST_BYTES // 2**20, ge=1, le=2**20)
    database: str | None = None

    @property
    def database_url(self) -> str:
        """Where the database is."""
        # rendered by SQLAlchemy: a folder may be named with a character that means something in an address
        return self.database or str(URL.create("sqlite", database=str(self.home / "playground.db")))


def load_settings() -> Settings:
    """The settings of this process's environment.

    Raises:
        SettingsError: A variable has a value that cannot be.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(" ".join(_variable(each) for each in sentences(error))) from error
    if settings.home.exists() and not settings.home.is_dir():
        raise SettingsError(f"PLAYGROUND_HOME: {settings.home} is a file. Name a folder, which may be new.")
    if settings.data is not None and not settings.data.is_dir():
        raise SettingsError(f"PLAYGROUND_DATA: {settings.data} is no folder. Name one that is there.")
    checked_url(settings.database_url)  # now: later it is opened in a thread of its own
    return settings


def _variable(sentence: str) -> str:
    field, _, reason = sentence.partition(":")
    return f"PLAYGROUND_{field.upper()}:{reason}"
