"""The lab: where runs are started, stopped and found. The only object that pages talk to."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from playground.analysis.coaching import Coaching
from playground.analysis.inside import KEPT, Inside
from playground.analysis.maps import Maps
from playground.analysis.near_duplicates import Twins
from playground.analysis.pinboard import Pinboard
from playground.analysis.scores import Beside, Judged, Looking, Part
from playground.coach.verdict import Advice
from playground.data.sources.datasets import Datasets
from playground.errors import DataError, PictureError, PyTorchError, RunError
from playground.experiment.experiment import Experiment
from playground.experiment.presets import name_for
from playground.experiment.training import MOST_RATE
from playground.lab.cross_validation import Folds
from playground.lab.forks import check_fork, fork_record, forked_name, start_of_fork
from playground.lab.job import Job
from playground.lab.settings import Settings
from playground.runs.about import GRACE, About, read_about
from playground.runs.catalog import Catalog, Listed, Progress
from playground.runs.database import open_database
from playground.runs.examples import EXAMPLES, readable
from playground.runs.first_listing import FirstListing
from playground.runs.reader import Kept
from playground.runs.snapshot import Curve, Snapshot, curve_from
from playground.runs.store import Store
from playground.runs.writer import RunFolders
from playground.system import threads
from playground.system.executors import Executor, ThreadExecutor
from playground.system.jobs import Chores
from playground.training.record import MOST_NAME, DataOrigin, Run, RunState

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    from torch import Tensor

    from playground.data.images import FashionData, Images
    from playground.export.archive import Export
    from playground.metrics.history import Course
    from playground.network.plan import Plan
    from playground.pictures.prepare import Prepared


def _called(run: Run, abouts: Mapping[str, About]) -> Run:
    """A run with the name that a person gave it, also while it is trained."""
    name = abouts[run.run].name
    return run if name in ("", run.name) else run.model_copy(update={"name": name})


@dataclass(frozen=True)
class KeptEpochs:
    """What the disk holds of a run: epochs with weights, epochs with the optimizer's state, and bytes in all."""

    weights: tuple[int, ...]
    states: tuple[int, ...]
    size: int


class Lab:
    """Starts, steers and finds runs. Safe to use from any thread.

    Attributes:
        folds: Trains the folds of an experiment, which give probabilities of all training images.
        twins: Looks for near-duplicates among the images.

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
        self.settings = settings
        self.datasets = Datasets(settings.home, settings.data)
        self._folders = RunFolders(settings.home)
        self._catalog = Catalog(self._folders, Store(lambda: open_database(settings.database_url)))
        self._looking = Looking(self.datasets, self._kept)
        self.pinboard = Pinboard(settings.home, self._kept, now)
        chores = Chores(self._is_training, KEPT)
        self.inside = Inside(self._looking, chores)
        self.maps = Maps(self._looking, chores, self._is_training, lambda run: self.kept_epochs(run).weights)
        self._coaching = Coaching(self._looking)
        self.folds = Folds(self)
        self.twins = Twins(settings.home, self._is_training)
        self._executor = executor or ThreadExecutor()
        self._now = now
        self._jobs: dict[str, Job] = {}  # those that are live, and those whose end could not be written
        self._over: set[str] = set()  # runs that this process trained
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._starting = threading.Lock()
        self._warm = threading.Event()
        self._fault: Exception | None = None  # of the warm-up
        self._warming: threading.Thread | None = None
        self._first_listing: FirstListing | None = None

    # -------------------------------------------------------------------------------- warm-up

    def warm_up(self) -> None:
        """Import torch, load the data and fetch what is missing, in the background. Returns at once; once only."""
        with self._starting:
            if self._warming is None:
                self._warming = threads.start(self._warm_up, "warm-up")

    def _warm_up(self) -> None:
        try:
            from playground.network import fused, plan  # noqa: F401  the imports are the work
            from playground.network.precision import resolve_device, resolve_precision
            from playground.training import engine  # noqa: F401  the imports are the work
        except Exception as error:  # noqa: BLE001  a library may fail in any way; whoever asks is told
            self._fault = error
        else:
            self._warm.set()
            self.datasets.start_fetching()
            self._folders.remove_for_good(before=self._now() - GRACE)
            # or the first training would wait for it
            fused.compile_all(resolve_precision("auto", resolve_device("cpu")))

    @property
    def is_warm(self) -> bool:
        """Whether torch is imported, so that a page may use it without a wait of seconds.

        Raises:
            PyTorchError: It never will be.
        """
        if self._fault is not None:
            raise PyTorchError(
                f"PyTorch cannot be loaded: {self._fault}. Install what requirements.txt names, and start again."
            ) from self._fault
        return self._warm.is_set()

    # ---------------------------------------------------------------------------- start, steer

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
        data = self.datasets.to_train_on()
        run = Run(
            **self._named(),
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
        run has continue it. The course of the learning rate is that of all epochs together.

        Raises:
            ExperimentError: What `check` refuses.
            RunError: There is no such epoch, it was not kept, or the experiment differs in more than training.
        """
        before = self.snapshot(run)
        parent, kept = before.run, self._kept(run)
        check_fork(parent, experiment, epoch)
        self.check(experiment)
        start = start_of_fork(kept, parent, experiment, epoch, fresh_optimizer)
        fork = fork_record(parent, experiment, epoch, **self._named(), name=forked_name(parent.name, epoch))
        self._folders.folder(fork.run).begin_with(kept, fork, start)
        return self._train(fork, watch, before.curve.until(epoch), fresh=False)

    def _named(self) -> dict[str, Any]:
        now = self._now()
        return {"run": f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", "created": now}

    def _train(
        self, run: Run, watch: Callable[[Snapshot], None], curve: Curve | None = None, fresh: bool = True
    ) -> str:
        """Queue a run, and return it."""
        with self._starting:
            job = Job(
                run,
                self._folders.folder(run.run),
                self._catalog,
                lambda: self.data_of(run),
                threads=self.settings.threads,
                watch=watch,
                kept=self._forget,
                pinboard=self.pinboard.note,
                curve=curve,
                most_bytes=self.settings.run_megabytes * 2**20,
                fresh=fresh,
            )
            self._over.discard(run.run)
            self._jobs[run.run] = job
            self._queue.put(job)
        self._executor.submit(self._work)  # not under the lock: it may train here and now
        return run.run

    def _work(self) -> None:
        """Train the run that has waited longest, whoever of several that start at once submits first."""
        self._queue.get().work()

    def _forget(self, run: str) -> None:
        """Let go of a job that is over: from here on its folder tells what it was."""
        self._over.add(run)
        self._jobs.pop(run, None)

    def pause(self, run: str) -> None:
        """Hold a running run after its current batch. Like all steering, nothing to a run that is over."""
        self._tell(run, Job.pause)

    def resume(self, run: str, watch: Callable[[Snapshot], None] = lambda _: None) -> None:
        """Let a run go on that is paused; or one that broke off, after its last whole epoch.

        Raises:
            RunError: It is being trained by another process.
        """
        kept = None if run in self._jobs else self.snapshot(run)
        if kept is None or not kept.run.state.can_resume:
            self._tell(run, Job.resume)
            return
        again = kept.run.model_copy(update={"state": RunState.QUEUED, "message": ""})
        self._train(again, watch, kept.curve, fresh=False)

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

    # ----------------------------------------------------------------------------------- find

    def snapshot(self, run: str) -> Snapshot:
        """What a screen may show of a run: live if it is being trained here, else from its folder.

        Raises:
            RunNotFoundError: There is no such run.
        """
        job = self._jobs.get(run)
        if job is not None:
            return job.snapshot
        kept = self._kept(run)
        record = kept.read()
        # the database hears of batches, a moment later than the folder of whole epochs
        curves = self._catalog.curve(record), curve_from(kept.curve())
        points = max(curves, key=lambda curve: curve.epochs[-1:])
        done = points.epochs[-1] if points.epochs else len(record.epochs)
        return Snapshot(record, points, step=round(record.batches_in_epoch * done))

    def live(self) -> tuple[Snapshot, ...]:
        """The runs of this process that are trained or wait, in the order of the queue."""
        return tuple(snapshot for snapshot in self._snapshots() if snapshot.run.state.is_live)

    def _is_training(self) -> bool:
        return any(snapshot.run.state is RunState.RUNNING for snapshot in self._snapshots())

    def _snapshots(self) -> list[Snapshot]:
        return [job.snapshot for job in self._jobs.copy().values()]

    def found(self, progress: Progress = lambda *_: None) -> Listed:
        """All runs of this home, oldest first, and what else there is to say of them.

        `progress` is told how many of those that are new or have changed were read, of how many.
        """
        listed = self._catalog.listed(progress)
        live = {snapshot.run.run: snapshot.run for snapshot in self._snapshots()}
        shown = (_called(live.get(run.run, run), listed.abouts) for run in listed.runs if not run.example)
        # by the record: names tell runs of the same second apart, not which came first
        return replace(listed, runs=tuple(sorted(shown, key=lambda run: (run.created, run.run))))

    def first_listing(self) -> FirstListing | None:
        """The first listing of the runs, begun in the background if nobody has; None once they were listed."""
        if self._catalog.is_listed:
            return None
        with self._starting:
            if self._first_listing is None:
                self._first_listing = FirstListing(self.found)
            return self._first_listing

    def runs(self) -> tuple[Run, ...]:
        """All runs of this home that can be read, oldest first."""
        return self.found().runs

    def examples(self) -> tuple[Run, ...]:
        """The runs that come with the playground: there is always one to look at. Damaged ones are left out."""
        found = (readable(self._kept(run)) for run in EXAMPLES)
        return tuple(run for run in found if run is not None)

    def _kept(self, run: str) -> Kept:
        return Kept(EXAMPLES[run].folder) if run in EXAMPLES else self._folders.folder(run)

    def kept_epochs(self, run: Run) -> KeptEpochs:
        """Of which epochs weights are kept, and of which what it takes to go on; and the bytes of all of it."""
        kept = self._kept(run.run)
        return KeptEpochs(kept.with_weights(run), kept.with_state(run), kept.size())

    # ------------------------------------------------------------------------------- say, delete

    def about(self, run: str) -> About:
        """What was said about a run: a name, a note, a pin."""
        return read_about(self._kept(run).path)

    def say(self, run: str, **changes: Any) -> None:
        """Change what is said about a run of this home: `name`, `note` or `pinned`.

        Raises:
            RunError: A name or note is too long, or it could not be written.
        """
        self._catalog.say(run, changes)

    def delete(self, run: str) -> None:
        """Take a run out of all lists. Until a day has passed `bring_back` undoes it; then its folder is removed.

        Raises:
            RunError: It is being trained.
        """
        if self.run(run).state.is_live:
            raise RunError(f"Run {run} is being trained. Stop it first.")
        self.say(run, deleted=self._now())

    def bring_back(self, run: str) -> None:
        """Undo `delete`."""
        self.say(run, deleted=None)

    def run(self, run: str) -> Run:
        """The record of a run.

        Raises:
            RunNotFoundError: There is no such run.
        """
        return self.snapshot(run).run

    # ------------------------------------------------------------------------------------ look

    def data_of(self, run: Run) -> FashionData:
        """The images a run was trained on; DataError where they are not here any more, or are others."""
        return self._looking.data_of(run)

    def judged(self, run: Run, part: Part, epoch: int | None = None) -> Judged:
        """A run with images and its scores for them: its own if they are here, else the sample's among them."""
        return self._looking.judged(run, part, epoch)

    def images(self, run: Run, part: Part) -> Images:
        """A run's own validation or test images, in the order of its class scores; see `Looking.images`."""
        return self._looking.images(run, part)

    def logits(self, run: Run, part: Part, epoch: int | None = None) -> Tensor:
        """Class scores (float32 [n, 10]) kept for a run's own images after an epoch; see `Looking.logits`."""
        return self._looking.logits(run, part, epoch)

    def course(self, run: Run) -> Course:
        """A run's answers for its validation images after every kept epoch; see `Looking.course`."""
        return self._looking.course(run)

    def followed(self, run: Run, image: int) -> tuple[tuple[int, ...], Tensor]:
        """The probabilities of one validation image through the kept epochs; see `Looking.followed`."""
        return self._looking.followed(run, image)

    def probabilities(self, run: Run, pixels: Tensor, epoch: int | None = None) -> Tensor:
        """What a run's network says of images: uint8 [n, 28, 28] -> float32 [n, 10], rows sum to 1."""
        return self._looking.probabilities(run, pixels, epoch)

    def prepare_likeness(self, run: Run, epoch: int | None = None) -> threading.Thread:
        """Begin what the first `likeness` of a run takes seconds for, in a thread; see `Looking`."""
        return self._looking.prepare_likeness(run, epoch)

    def likeness(self, run: Run, pixels: Tensor, epoch: int | None = None) -> Beside:
        """An image, uint8 [28, 28], beside training images of its run; see `Looking.likeness`."""
        return self._looking.likeness(run, pixels, epoch)

    def coach(self, run: str) -> Advice:
        """What is wrong with a run, with the evidence and what may help; see `coach.rules`. Once an epoch."""
        return self._coaching.advise(self.snapshot(run))

    def export(self, run: str, epoch: int | None = None) -> Export:
        """A run as one zip that works elsewhere, verified; with the weights of an epoch, or of its last.

        Raises:
            RunError: There is no such epoch, its weights were not kept, or what was packed does not say what
                PyTorch says.
        """
        from playground.export.archive import export

        record = self.run(run)
        if not record.has_weights:
            raise RunError(f"Run {record.name} has no weights to export: no epoch of it was kept.")
        number = record.epoch_number(epoch)
        if number < len(record.epochs):
            cut_short = {"state": RunState.STOPPED, "message": ""}
            return export(record.until(number).model_copy(update=cut_short), self._looking.network(record, number))
        return export(record, self._looking.network(record, number))

    def bring_in(self, content: bytes) -> str:
        """Make a run of this home of an export, and return it. It is judged by its images where they are here.

        Raises:
            RunError: It is no export, is damaged, or cannot be written.
            ArchitectureError: Its layers need too much memory.
        """
        from playground.export.import_archive import brought_in, read_export

        packed = read_export(content)
        try:
            data = self.data_of(packed.record)
        except DataError:
            data = None
        brought = brought_in(packed, data, **self._named())
        run = brought.record
        folder = self._folders.folder(run.run)
        try:
            folder.keep_epoch(len(run.epochs), brought.weights, None)
            folder.write(run)
        except OSError as error:
            folder.remove()
            raise RunError(f"The run could not be written: {error.strerror or error}. Make room.") from error
        return run.run

    def read_picture(self, content: bytes, name: str) -> Prepared:
        """A picture file -> the image a network sees, with every step of the way.

        Raises:
            PictureError: It is not a picture that is accepted, or shows nothing.
        """
        from playground.pictures.decode import printable, read
        from playground.pictures.prepare import prepare

        picture = read(content, name)
        try:
            return prepare(picture.pixels, notes=picture.notes)
        except PictureError as error:
            raise PictureError(" ".join([f"{printable(name)}: {error}", *picture.notes])) from error
