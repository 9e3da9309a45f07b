"""Rows in the database; several writers; a database that fails."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy.dialects import postgresql

from playground.runs.database import Database, open_database
from playground.runs.store import Row, Store
from playground.runs.tables import METADATA

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'runs.db'}"


@pytest.fixture
def store(url: str) -> Store:
    return Store(lambda: open_database(url))


class TestRows:
    def test_they_come_back(self, store: Store, url: str) -> None:
        row = Row("a", "1", "done", "näme", "parent", 0.5, "{}", "{}", "")
        store.put([row, Row("b", "2", problem="damaged")])
        assert store.stamps() == {"a": "1", "b": "2"}
        assert store.rows(["a", "c"]) == {"a": row}
        assert Store(lambda: open_database(url)).rows(["b"]) == {"b": Row("b", "2", problem="damaged")}

    def test_the_later_one_counts(self, store: Store) -> None:
        store.put([Row("a", "1"), Row("a", "2")])
        store.put([Row("a", "3")])
        assert store.stamps() == {"a": "3"}

    def test_more_than_one_statement_can_name(self, store: Store) -> None:
        names = [f"{number:04}" for number in range(1234)]
        store.put(Row(name, "1") for name in names)
        assert list(store.rows(names)) == names

    def test_a_run_is_removed(self, store: Store) -> None:
        store.put([Row("a", "1"), Row("b", "1")])
        store.remove(["a"])
        assert store.stamps() == {"b": "1"}


class TestWriting:
    def test_it_is_written_without_anybody_asking(self, store: Store, url: str) -> None:
        from patience import until

        store.put([Row("a", "1")])
        other = Store(lambda: open_database(url))
        until(lambda: other.stamps() == {"a": "1"})

    def test_who_adds_does_not_wait_for_the_database(self, url: str) -> None:
        go_on = threading.Event()

        def slowly() -> Database:
            assert go_on.wait(60)
            return open_database(url)

        store = Store(slowly)
        for number in range(1000):  # would wait for ever
            store.put([Row(f"{number}", "1")])
        go_on.set()
        assert len(store.stamps()) == 1000

    def test_one_that_refuses_loses_nothing_but_what_it_was_told(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        engine = store.database.engine
        METADATA.drop_all(engine)
        store.put([Row("a", "1")])
        store.flush()
        assert store.stamps() == {}
        assert "the database refused: no such table" in caplog.text
        METADATA.create_all(engine)
        store.put([Row("b", "1")])
        assert store.stamps() == {"b": "1"}

    def test_a_process_writes_what_waits_before_it_ends(self, url: str, store: Store) -> None:
        script = (
            "import sys\nfrom playground.runs.database import open_database\n"
            "from playground.runs.store import Row, Store\n"
            "store = Store(lambda: open_database(sys.argv[1]))\n"
            "for number in range(100): store.put([Row(f'{number}', '1')])\n"
        )
        subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, check=True)
        assert len(store.stamps()) == 100


_WRITE = """
import sys
from playground.runs.database import open_database
from playground.runs.store import Row, Store

store = Store(lambda: open_database(sys.argv[1]))
for step in range(200):
    store.put([Row(f"{sys.argv[2]}-{step % 10}", str(step)), Row("shared", str(step))])
    store.flush()
assert store.database.notice == "", store.database.notice
"""


def test_three_processes_that_write_at_once(url: str, store: Store) -> None:
    names = ("a", "b", "c")
    started = [subprocess.Popen([sys.executable, "-c", _WRITE, url, name], cwd=ROOT) for name in names]
    read = 0
    while any(each.poll() is None for each in started):  # readers go on meanwhile
        store.stamps()
        read += 1
    assert [each.wait() for each in started] == [0, 0, 0]
    assert read > 0
    assert store.stamps()["shared"] == "199"
    assert len(store.stamps()) == 31


def test_the_statements_are_of_no_dialect(store: Store) -> None:
    heard: list[str] = []
    sql.event.listen(store.database.engine, "before_execute", lambda *call: heard.append(_compiled(call)))
    store.put([Row("a", "1")])
    assert store.rows(["a"])
    store.remove(["a"])
    store.flush()
    assert {text.split()[0] for text in heard} == {"SELECT", "INSERT", "DELETE"}


def _compiled(call: Sequence[object]) -> str:
    statement = call[1]
    assert isinstance(statement, sql.ClauseElement)
    return str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
