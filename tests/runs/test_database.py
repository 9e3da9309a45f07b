"""Opening a database: new, empty, damaged, in the way, of another version."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sql
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from playground.errors import SettingsError
from playground.runs.database import Database, open_database
from playground.runs.tables import METADATA, RUNS

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "runs.db"


def opened(file: Path) -> Database:
    return open_database(f"sqlite:///{file}", NOW)


def filled(file: Path) -> bytes:
    """A good database with some rows; its bytes."""
    engine = opened(file).engine
    with engine.begin() as connection:
        texts = dict.fromkeys(("state", "name", "parent", "about", "problem"), "")
        rows = [{"run": f"{n}", "stamp": "1", "record": f"{n}" * 50, **texts} for n in range(1000)]
        connection.execute(RUNS.insert(), rows)
    engine.dispose()
    return file.read_bytes()


def works(database: Database) -> bool:
    with database.engine.connect() as connection:
        return connection.execute(sql.select(RUNS)).all() == []


def test_a_new_one_has_the_tables_that_the_code_knows(file: Path) -> None:
    database = opened(file)
    assert database.notice == ""
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_good_one_is_opened_as_it_is(file: Path) -> None:
    filled(file)
    database = opened(file)
    assert database.notice == ""
    with database.engine.connect() as connection:
        assert connection.execute(sql.select(sql.func.count()).select_from(RUNS)).scalar() == 1000


def test_an_empty_file_is_filled_and_said(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    database = opened(file)
    assert database.notice == "The database was empty: the list of runs was made anew."
    assert works(database)
    assert opened(file).notice == ""


@pytest.mark.parametrize("damage", ["bytes", "beginning", "half", "text"])
def test_a_damaged_one_stands_aside_and_is_replaced(file: Path, damage: str) -> None:
    good = filled(file)
    bad = {
        "bytes": good[: 8 * 4096] + bytes(40 * 4096) + good[48 * 4096 :],
        "beginning": b"\xff" * 100 + good[100:],
        "half": good[: len(good) // 2],
        "text": b"this is no database, whatever it is called " * 100,
    }[damage]
    file.write_bytes(bad)
    database = opened(file)
    aside = file.with_name("runs.db.damaged-20260102-030405Z")
    assert f"was damaged and stands aside as {aside.name}" in database.notice
    assert aside.read_bytes() == bad
    assert works(database)
    assert opened(file).notice == ""


def test_one_from_a_newer_version_is_left_alone(file: Path) -> None:
    filled(file)
    engine = sql.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    before = file.read_bytes()
    database = opened(file)
    assert "made by a newer version of the playground" in database.notice
    assert database.engine.url.database is None
    assert works(database)
    assert file.read_bytes() == before


def test_where_no_file_can_be_it_is_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = opened(tmp_path / "file" / "runs.db")
    assert "cannot be used" in database.notice
    assert works(database)


@pytest.mark.parametrize("url", ["", "nonsense", "nodb://x/y", "postgresql+nodriver://x/y"])
def test_an_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match=r"PLAYGROUND_DATABASE: .* cannot be opened"):
        open_database(url)


def test_several_are_opened_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        opened_at_once = list(threads.map(opened, (tmp_path / f"{number}.db" for number in range(24))))
    assert [database.notice for database in opened_at_once] == [""] * 24
    assert all(works(database) for database in opened_at_once)
