"""Trains: jobs that wait, run, and are paused, stepped and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from playground.data.sources.datasets import Datasets
from playground.errors import RunError
from playground.experiment.experiment import Experiment
from playground.experiment.optimizers import MOST_RATE
from playground.experiment.presets import name_for
from playground.lab.forks import check_fork, fork_record, forked_name, start_of_fork
from playground.lab.job import Job
from playground.lab.settings import Settings
from playground.runs.library import Library
from playground.runs.snapshot import Snapshot
from playground.system.executors import Executor
from playground.training.record import MOST_NAME, DataOrigin, Run, RunState

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    from torch import Tensor

    from playground.data.images import FashionData
    from playground.network.plan import Plan


class Trainer:
    """Starts and steers trainings. Safe to use from any thread.

    Args:
        settings: How many threads a training may use, and how many megabytes its weights may take.
        library: Where the runs are kept.
        datasets: The images that a new run is trained on.
        data_of: The images that a run was begun on; DataError where they are not here any more.
        pinned: Is told a run, the number of an epoch and its weights, for the pictures that are pinned.
        executor: Who trains.
    """

    def __init__(
        self,
        settings: Settings,
        library: Library,
        datasets: Datasets,
        data_of: Callable[[Run], FashionData],
        pinned: Callable[[Run, int, Mapping[str, Tensor]], None],
        executor: Executor,
    ) -> None:
        self._settings, self._library, self._datasets = settings, library, datasets
        self._data_of, self._pinned, self._executor = data_of, pinned, executor
        self._jobs: dict[str, Job] = {}  # those that are live, and those whose end could not be written
        self._over: set[str] = set()  # runs that this process trained
        self._starting = threading.RLock()  # reentrant: who trains here and now may start another run meanwhile

    def snapshots(self) -> dict[str, Snapshot]:
        """The jobs of this process by run, in the order of the queue."""
        return {run: job.snapshot for run, job in self._jobs.copy().items()}

    def is_training(self) -> bool:
        """Whether a run of this process is being trained: work beside it gives way."""
        return any(snapshot.run.state is RunState.RUNNING for snapshot in self.snapshots().values())

    def check(self, experiment: Experiment) -> Plan:
        """Work out an experiment's network and refuse what cannot be trained, before anything is allocated.

        Raises:
            ExperimentError: The device it asks for is not in this machine.
            ArchitectureError: Its layers do not fit, or need too much memory.
        """
        from playground.network.plan import check
        from playground.network.precision import resolve_device

        resolve_device(experiment.training.device)
        return check(experiment)

    def start(
        self,
        experiment: Experiment,
        name: str | None = None,
        watch: Callable[[Snapshot], None] = lambda _: None,
    ) -> str:
        """Queue an experiment for training and return its run. `watch` is told after every epoch.

        Raises:
            ExperimentError: What `check` refuses.
            DataError: A folder of images was named, and they cannot be used.
        """
        planned = self.check(experiment)
        data = self._datasets.to_train_on()
        run = Run(
            **self._library.new_identity(),
            name=(name or name_for(experiment))[:MOST_NAME],
            state=RunState.QUEUED,
            experiment=experiment,
            parameters=planned.parameters,
            multiply_adds=planned.multiply_adds,
            data=DataOrigin(
                name=data.name, source=data.source, fingerprint=data.fingerprint, verified=data.verified
            ),
        )
        return self._train(run, watch)

    def fork(
        self,
        run: str,
        epoch: int,
        experiment: Experiment,
        fresh_optimizer: bool = False,
        watch: Callable[[Snapshot], None] = lambda _: None,
    ) -> str:
        """Queue a new run that goes on where a run stood after an epoch, and return it.

        With other training settings, or with none: then it is what the run would have been. More epochs than the
        run has continue it. The schedule of the learning rate is that of all epochs together.

        Raises:
            ExperimentError: What `check` refuses.
            RunError: There is no such epoch, it was not kept, or the experiment differs in more than training.
        """
        parent, kept = self._library.run(run), self._library.kept(run)
        check_fork(parent, experiment, epoch)
        self.check(experiment)
        start = start_of_fork(kept, parent, experiment, epoch, fresh_optimizer)
        fork = fork_record(
            parent, experiment, epoch, **self._library.new_identity(), name=forked_name(parent.name, epoch)
        )
        self._library.folder(fork.run).begin_with(kept, fork, start)
        return self._train(fork, watch, fresh=False)

    def _train(self, run: Run, watch: Callable[[Snapshot], None], fresh: bool = True) -> str:
        """Queue a run, and return it."""
        with self._starting:
            job = Job(
                run,
                self._library.folder(run.run),
                self._library.catalog,
                lambda: self._data_of(run),
                threads=self._settings.threads,
                watch=watch,
                kept=self._forget,
                pinboard=self._pinned,
                most_bytes=self._settings.run_megabytes * 2**20,
                fresh=fresh,
            )
            self._over.discard(run.run)
            self._jobs[run.run] = job
            self._executor.submit(job.work)  # under the lock: runs are trained in the order of `snapshots`
        return run.run

    def _forget(self, run: str) -> None:
        """Let go of a job that is over: from here on its folder tells what it was."""
        self._over.add(run)
        self._jobs.pop(run, None)

    def resume(self, run: str, watch: Callable[[Snapshot], None] = lambda _: None) -> None:
        """Queue a run that broke off: it goes on from its last checkpoint. Nothing to one that was resumed before.

        Raises:
            RunError: It did not break off, or is being trained by another process.
        """
        if run in self._jobs:
            return
        kept = self._library.run(run)
        if kept.state.can_resume:
            self._train(kept.model_copy(update={"state": RunState.QUEUED, "message": ""}), watch, fresh=False)
        elif run not in self._over:
            raise RunError(
                f"Run {run} is {kept.state}: only one that was interrupted or has failed can be resumed."
            )

    def pause(self, run: str) -> None:
        """Hold a running run after its current batch. Like all steering, nothing to a run that is over."""
        self._tell(run, Job.pause)

    def unpause(self, run: str) -> None:
        """Let a paused run go on."""
        self._tell(run, Job.unpause)

    def step(self, run: str) -> None:
        """Let a paused run train on one batch."""
        self._tell(run, Job.step)

    def change_learning_rate(self, run: str, rate: float) -> None:
        """Make this the full rate of a run's schedule, from its next batch on; the run remembers it.

        Raises:
            RunError: The rate is not a number above 0.
        """
        if not 0 < rate <= MOST_RATE:
            raise RunError(f"A learning rate of {rate:g} cannot be. Give a number above 0, at most {MOST_RATE:g}.")
        self._tell(run, lambda job: job.change_learning_rate(rate))

    def stop(self, run: str) -> None:
        """End a run after its current batch; its last weights are judged and kept."""
        self._tell(run, Job.stop)

    def _tell(self, run: str, order: Callable[[Job], None]) -> None:
        job = self._jobs.get(run)
        if job is not None:
            order(job)
        elif run not in self._over:
            raise RunError(f"Run {run} is not being trained by this app.")
