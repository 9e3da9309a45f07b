"""Opening the database of a home: checked, brought to today's tables, and replaced where it is damaged.

Everything in it can be read again from the folders of the runs, so a database that cannot be used costs nobody
a run: a damaged one is moved aside, and where none can be written one in memory takes its place.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from filelock import FileLock
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from playground.errors import SettingsError
from playground.system.credentials import without_secrets

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY = 10_000  # milliseconds that a writer waits for another
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_IN_MEMORY = "sqlite://"
_migrating = threading.Lock()  # what Alembic works on is one for the whole process

# A connection that is given back is reset first. On a full disk that fails, too: whoever used it tells why.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Database:
    """An open database, and a sentence on what became of the one that should have been opened; else empty."""

    engine: sql.Engine
    notice: str = ""


def open_database(url: str, now: datetime | None = None) -> Database:
    """The database behind a URL, with today's tables.

    Raises:
        SettingsError: The URL is none, or its driver is not installed.
    """
    file = _file(url)
    try:
        with _alone(file):
            if file is None or not file.exists():
                return Database(_opened(url))
            if file.stat().st_size == 0:
                return Database(_opened(url), "The database was empty: the list of runs was made anew.")
            return _checked(url, file, now or datetime.now(UTC))
    except (SQLAlchemyError, OSError, TypeError, ValueError, _UnusableError) as error:
        reason = without_secrets(str(getattr(error, "orig", None) or error), url)
        return Database(
            _opened(_IN_MEMORY),
            f"The database cannot be used ({reason}). Runs are kept in their folders all the same; the list of "
            "them is read anew at every start.",
        )


class _UnusableError(Exception):
    """A database of tables that this version does not know."""


def checked_url(url: str) -> sql.URL:
    """The URL of a database, in parts.

    Raises:
        SettingsError: It is none, or its driver is not installed.
    """
    try:
        parsed = sql.make_url(url)
    except (SQLAlchemyError, ValueError):  # not told further: it may quote a part of the password
        raise SettingsError(
            "PLAYGROUND_DATABASE: what it says cannot be opened: it is no address of a database. Write one "
            "such as postgresql://user:password@host:5432/name, with % codes for what is special in the password."
        ) from None
    try:
        parsed.get_dialect().import_dbapi()
    except (SQLAlchemyError, ImportError) as error:
        raise SettingsError(
            f"PLAYGROUND_DATABASE: an address of {parsed.drivername} cannot be opened: "
            f"{without_secrets(str(error), url)}. Install its driver, or name another."
        ) from None
    return parsed


def _file(url: str) -> Path | None:
    """Where a database of SQLite is; None for others, and in memory."""
    parsed = checked_url(url)
    in_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if in_file else None


def _alone(file: Path | None) -> AbstractContextManager[Any]:
    """Of several processes that start at once one checks, moves and migrates; the others wait."""
    if file is None:
        return nullcontext()
    file.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{file}.lock", timeout=_BUSY / 1000)


def _checked(url: str, file: Path, now: datetime) -> Database:
    try:
        return Database(_opened(url, check=True))
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%d-%H%M%S}Z")
    for ending in ("", "-wal", "-shm"):
        beside = Path(f"{file}{ending}")
        if beside.exists():
            beside.replace(f"{aside}{ending}")
    return Database(
        _opened(url),
        f"The database was damaged and stands aside as {aside.name}: the list of runs was made anew from their "
        "folders. Nothing of them is lost.",
    )


def _opened(url: str, check: bool = False) -> sql.Engine:
    one_for_all = {"poolclass": sql.StaticPool, "connect_args": {"check_same_thread": False}}
    engine = sql.create_engine(url, **(one_for_all if url == _IN_MEMORY else {}))
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "connect", _prepare)
    try:
        with engine.connect() as connection:
            if check:
                _check(connection)
        _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _prepare(connection: Any, _: object) -> None:
    """Readers do not wait for the writer, and two writers wait for each other."""
    for setting in (f"busy_timeout = {_BUSY}", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {setting}")


def _check(connection: sql.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        damaged = sqlite3.DatabaseError(found)
        damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise DBAPIError("PRAGMA quick_check", None, damaged)


def _migrate(engine: sql.Engine) -> None:
    """Bring the tables to what `tables` says."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with _migrating:
            command.upgrade(config, "head")
    except CommandError as error:
        raise _UnusableError(f"it was made by a newer version of the playground: {error}") from error
