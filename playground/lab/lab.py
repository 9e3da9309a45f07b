"""The lab: puts the library of runs, the trainer and the analyses together. Pages and commands are given one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from playground.analysis.coaching import Coaching
from playground.analysis.inside import Inside
from playground.analysis.maps import Maps
from playground.analysis.near_duplicates import NearDuplicates
from playground.analysis.pinboard import Pinboard
from playground.analysis.scores import Scores
from playground.data.sources.datasets import Datasets
from playground.errors import PyTorchError
from playground.lab.cross_validation import CrossValidation
from playground.lab.settings import Settings
from playground.lab.trainer import Trainer
from playground.lab.transfer import Transfer
from playground.runs.catalog import Catalog
from playground.runs.database import open_database
from playground.runs.library import Library
from playground.runs.store import Store
from playground.runs.writer import RunFolders
from playground.system.executors import Executor, ThreadExecutor
from playground.system.job_queue import JobQueue
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob

# results of these kinds of background jobs; the first and the last are large, the second small
_KEPT = {"activations": 2, "activity": 512, "neighbours": 6}


class Lab:
    """Everything that works on the runs of one home. Safe to use from any thread.

    Attributes:
        datasets: The images: fetched in the background and kept.
        library: Finds runs, names and deletes them.
        trainer: Starts, pauses, resumes and stops trainings.
        transfer: Exports and imports runs.
        scores: What the networks of runs say of images.
        coaching, inside, maps, pinboard: What is worked out of these.
        cross_validation: Trains the folds of an experiment, which give probabilities of all training images.
        near_duplicates: Looks for images that are nearly the same.

    Args:
        settings: Where things are kept.
        executor: Who trains; a background thread if not given.
        now: The time, for the names of runs.
    """

    def __init__(
        self,
        settings: Settings,
        executor: Executor | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        folders = RunFolders(settings.home)
        catalog = Catalog(folders, Store(lambda: open_database(settings.database_url)))
        self.settings = settings
        self.datasets = Datasets(settings.home, settings.data)
        self.library = Library(folders, catalog, lambda: self.trainer.snapshots(), now)
        jobs = JobQueue(lambda: self.trainer.is_training(), _KEPT)
        self.scores = Scores(self.datasets, self.library.kept, jobs)
        self.pinboard = Pinboard(settings.home, self.library.kept, now, jobs)
        self.trainer = Trainer(
            settings,
            self.library,
            self.datasets,
            self.scores.data_of,
            self.pinboard.note,
            executor or ThreadExecutor(),
        )
        self.transfer = Transfer(self.library, self.scores)
        is_busy = self.trainer.is_training
        self.inside = Inside(self.scores, jobs)
        self.maps = Maps(self.scores, jobs, is_busy, lambda run: self.library.kept_epochs(run).weights)
        self.coaching = Coaching(self.scores, self.library.snapshot)
        self.cross_validation = CrossValidation(self.trainer, self.library, self.scores, self.datasets)
        self.near_duplicates = NearDuplicates(settings.home, is_busy)
        self._imports, self._preparation = JobThread[None]("warm-up"), JobThread[None]("preparation")

    def warm_up(self) -> BackgroundJob[None]:
        """Import torch, load the data and fetch what is missing, in the background. Returns at once; once only."""
        return self._imports.job or self._imports.start(self._import, "PyTorch is being loaded, a few seconds")

    def _import(self, _: BackgroundJob[None]) -> None:
        try:
            from playground.network import fused, plan  # noqa: F401  the imports are the work
            from playground.training import engine  # noqa: F401  the imports are the work
        except Exception as error:
            raise PyTorchError(
                f"PyTorch cannot be loaded: {error}. Install what requirements.txt names, and start again."
            ) from error
        self._preparation.start(self._prepare)

    def _prepare(self, _: BackgroundJob[None]) -> None:
        from playground.network.fused import compile_all
        from playground.network.precision import resolve_device, resolve_precision

        self.datasets.start_fetching()
        self.library.remove_deleted()
        compile_all(resolve_precision("auto", resolve_device("cpu")))  # or the first training would wait for it

    @property
    def is_warm(self) -> bool:
        """Whether torch is imported, so that a page may use it without a wait of seconds.

        Raises:
            PyTorchError: It never will be.
        """
        job = self._imports.job
        if job is None or not job.is_over:
            return False
        job.result()
        return True
