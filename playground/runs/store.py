"""Runs in SQL. Who trains only appends to a queue: it never waits for the database.

The rows are what the folders hold, in one place and for whoever asks in SQL. Nothing in the statements is of one
database's dialect.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from playground.runs.database import Database
from playground.runs.tables import RUNS
from playground.system import threads

logger = logging.getLogger(__name__)

PAUSE = 0.25  # seconds between two transactions


@dataclass(frozen=True)
class Row:
    """A run as its folder stood: `stamp` tells one state of its files from another.

    Attributes:
        record, about: JSON; `record` is empty where it cannot be read, and `problem` says why.
    """

    run: str
    stamp: str
    state: str = ""
    name: str = ""
    parent: str = ""
    test_accuracy: float | None = None
    record: str = ""
    about: str = "{}"
    problem: str = ""


_Order = Callable[[sql.Connection], None]


class Store:
    """Safe to use from any thread.

    Args:
        open_database: Called when the store is used first.
    """

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._orders: deque[_Order] = deque()
        self._using = threading.RLock()  # one transaction of this process at a time; who trains never takes it
        self._starting = threading.Lock()
        self._waiting = threading.Event()
        self._writer: threading.Thread | None = None
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        """The open database."""
        with self._using:
            if self._database is None:
                self._database = self._open()
            return self._database

    # ------------------------------------------------------------------------------------ write

    def put(self, rows: Sequence[Row]) -> None:
        """Keep rows, in place of those of the same runs."""
        if rows:
            self._order(partial(_put, rows=rows))

    def remove(self, runs: Iterable[str]) -> None:
        """Forget runs."""
        for run in runs:
            self._order(partial(_remove, run=run))

    def _order(self, order: _Order) -> None:
        self._orders.append(order)
        if self._writer is None:
            with self._starting:
                self._writer = self._writer or threads.start(self._write, "store", wake=self._waiting.set)
        self._waiting.set()

    def _write(self) -> None:
        while not threads.is_ending():
            self._waiting.wait()
            self._waiting.clear()
            self.flush()
            threads.sleep(PAUSE)
        self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction. What cannot be written is let go: the folders have it."""
        with self._using:
            orders = [self._orders.popleft() for _ in range(len(self._orders))]
            if not orders:
                return
            try:
                with self.database.engine.begin() as connection:
                    for order in orders:
                        order(connection)
            except SQLAlchemyError as error:
                logger.warning("the database refused: %s", getattr(error, "orig", error))

    # ------------------------------------------------------------------------------------- read

    def names(self) -> frozenset[str]:
        """All runs."""
        return frozenset(run for (run,) in self._read(sql.select(RUNS.c.run)))

    def stamps(self) -> dict[str, str]:
        """The stamps of all runs."""
        return dict(map(tuple, self._read(sql.select(RUNS.c.run, RUNS.c.stamp))))

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """The rows of some runs."""
        found = dict[str, Row]()
        for start in range(0, len(runs), _MOST_NAMES):
            some = sql.select(RUNS).where(RUNS.c.run.in_(runs[start : start + _MOST_NAMES]))
            found |= {row.run: Row(*row) for row in self._read(some)}
        return found

    def _read(self, query: sql.Select[Any]) -> Sequence[Any]:
        with self._using:
            self.flush()
            try:
                with self.database.engine.connect() as connection:
                    return connection.execute(query).all()
            except SQLAlchemyError as error:
                logger.warning("the database cannot be read: %s", getattr(error, "orig", error))
                return ()


_MOST_NAMES = 500  # in one statement; databases have limits


def _put(connection: sql.Connection, rows: Sequence[Row]) -> None:
    last = {row.run: row for row in rows}
    names = list(last)
    for start in range(0, len(names), _MOST_NAMES):
        some = names[start : start + _MOST_NAMES]
        connection.execute(RUNS.delete().where(RUNS.c.run.in_(some)))
        connection.execute(RUNS.insert(), [asdict(last[run]) for run in some])


def _remove(connection: sql.Connection, run: str) -> None:
    connection.execute(RUNS.delete().where(RUNS.c.run == run))
