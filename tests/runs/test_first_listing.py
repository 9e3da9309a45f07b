"""The first listing of the runs, for which every tab waits."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from patience import until
from records import record

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.catalog import Catalog, Progress, RunListing
from playground.runs.database import open_database
from playground.runs.library import Library
from playground.runs.store import Store
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor


class HeldCatalog(Catalog):
    """Stops after the first two hundred runs until it may go on."""

    def __init__(self, folders: RunFolders, store: Store) -> None:
        super().__init__(folders, store)
        self.gate = threading.Event()

    def listed(self, progress: Progress = lambda *_: None) -> RunListing:
        def held(done: int, of: int) -> None:
            progress(done, of)
            assert done == 0 or self.gate.wait(60)

        return super().listed(held)


def test_it_says_how_many(home: Path) -> None:
    folders = RunFolders(home)
    runs = [record(number) for number in range(250)]
    for run in runs:
        folders.folder(run.run).write(run)
    catalog = HeldCatalog(folders, Store(lambda: open_database(Settings(home=home).database_url)))
    job = Library(folders, catalog, dict, lambda: datetime.now(UTC)).first_listing()
    assert job is not None
    until(lambda: job.progress.words == "Reading 250 runs: 200 so far")
    assert job.progress.fraction == 0.8
    catalog.gate.set()
    job.finished()


def test_tabs_wait_for_the_same_one_and_only_once(home: Path) -> None:
    RunFolders(home).folder(record(1).run).write(record(1))
    lab = Lab(Settings(home=home), InlineExecutor())
    first = lab.library.first_listing()
    assert first is not None
    assert lab.library.first_listing() in (first, None)
    assert first.wait(60)
    assert lab.library.first_listing() is None
    assert [run.run for run in lab.library.runs()] == [record(1).run]


def test_a_home_that_cannot_be_listed_lets_nobody_wait(home: Path) -> None:
    home.mkdir()
    (home / "runs").write_bytes(b"x")
    lab = Lab(Settings(home=home), InlineExecutor())
    first = lab.library.first_listing()
    assert first is not None
    assert first.wait(60)
    assert lab.library.runs() == ()
