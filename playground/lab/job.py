"""An experiment being trained: a job."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from playground.errors import PlaygroundError, RunError
from playground.runs import retention
from playground.runs.catalog import Catalog
from playground.runs.snapshot import Curve, Snapshot
from playground.runs.writer import RunWriter
from playground.system import threads
from playground.system.memory import keep_freed_memory
from playground.training.events import (
    BatchEnd,
    EpochEnd,
    RateChanged,
    Resumption,
    TrainingDiverged,
    TrainingFinished,
    TrainingStarted,
)
from playground.training.record import MOST_MESSAGE, Run, RunState

if TYPE_CHECKING:
    from torch import Tensor

    from playground.data.images import FashionData
    from playground.training.engine import TrainingControl

logger = logging.getLogger(__name__)

_OUT_OF_MEMORY = "Out of memory. Use a smaller batch or fewer channels."
_LOOK_UP = 0.5  # seconds after which a paused job looks whether the process ends
_SPEED_WINDOW = 40  # batch reports over which speed and time left are averaged


class _ProcessEnds(BaseException):
    """The process is about to end: the training gives up where it is."""


class Job:
    """A run in the making. Any thread may call `pause`, `unpause` and `stop`; one thread calls `work`.

    A run that has epochs already goes on after the last of them that was kept whole; `fresh` is one whose folder
    must not be there yet. `watch` is told after every epoch; `kept` is told the run's name once it is over and its
    folder says so. `pinboard` is told the record before each epoch, the epoch's number and its weights.
    """

    def __init__(
        self,
        run: Run,
        folder: RunWriter,
        catalog: Catalog,
        load_data: Callable[[], FashionData],
        threads: int | None = None,
        watch: Callable[[Snapshot], None] = lambda _: None,
        kept: Callable[[str], None] = lambda _: None,
        pinboard: Callable[[Run, int, Mapping[str, Tensor]], None] = lambda *_: None,
        clock: Callable[[], float] = time.perf_counter,
        most_bytes: int = retention.MOST_BYTES,
        fresh: bool = True,
    ) -> None:
        self.snapshot = Snapshot(run, folder.curve(), here=True)
        self._most_bytes, self._fresh = most_bytes, fresh
        self._folder, self._catalog = folder, catalog
        self._load_data, self._threads, self._clock = load_data, threads, clock
        self._watch, self._kept, self._pinboard = watch, kept, pinboard
        self._told = threading.Condition()
        self._pause = self._stop = False
        self._single_steps = 0
        self._rate: float | None = None
        self._recent: deque[tuple[float, BatchEnd]] = deque(maxlen=_SPEED_WINDOW)
        self._handlers: dict[type, Callable[[Any], None]] = {
            TrainingStarted: self._on_started,
            BatchEnd: self._on_batch,
            RateChanged: self._on_rate_changed,
            EpochEnd: self._on_epoch,
            TrainingFinished: self._on_finished,
            TrainingDiverged: self._on_diverged,
        }
        try:
            folder.path.mkdir(parents=True, exist_ok=not fresh)
            folder.lock.acquire()
            self._write(run)
        except Timeout as error:
            raise RunError(f"Run {run.name} is being trained by another process.") from error
        except OSError as error:
            folder.lock.release()
            raise RunError(
                f"A run cannot be kept in {folder.path}: {error.strerror or error}. "
                "Make room, or set PLAYGROUND_HOME to another folder."
            ) from error

    # ------------------------------------------------------------------------------ any thread

    @property
    def state(self) -> RunState:
        """The state of the run, now."""
        return self.snapshot.run.state

    def pause(self) -> None:
        """Hold after the current batch. Does nothing to a run that is over."""
        self._tell(pause=True)

    def unpause(self) -> None:
        """Go on after a pause."""
        self._tell(pause=False)

    def step(self) -> None:
        """Train on one batch and hold again."""
        with self._told:
            self._pause = True
            self._single_steps += 1
            self._told.notify_all()

    def change_learning_rate(self, rate: float) -> None:
        """Make this the schedule's full rate, from the next batch on."""
        with self._told:
            self._rate = rate

    def stop(self) -> None:
        """End after the current batch, and judge what there is. A queued run ends without training."""
        self._tell(pause=False, stop=True)

    def _tell(self, pause: bool, stop: bool = False) -> None:
        with self._told:
            self._pause, self._stop = pause, self._stop or stop
            if self._stop and self.state is RunState.QUEUED:
                self._end(RunState.STOPPED, "Stopped before it began.")
            self._told.notify_all()

    # -------------------------------------------------------------------------- worker's thread

    def work(self) -> None:
        """Train; never raises. What went wrong stands in the run's state and message."""
        try:
            with self._told:
                if self.state is not RunState.QUEUED:
                    return
                self._publish(save=True, state=RunState.RUNNING)
            self._train()
        except _ProcessEnds:
            self._folder.lock.release()  # whoever reads the record sees that it was interrupted
        except PlaygroundError as error:
            self._end(RunState.FAILED, str(error))
        except MemoryError:
            self._end(RunState.FAILED, _OUT_OF_MEMORY)
        except Exception as error:  # noqa: BLE001  a job must never take the worker with it
            self._end(RunState.FAILED, self._explained(error))

    def _explained(self, error: Exception) -> str:
        text = str(error)
        if "out of memory" in text.lower() or "can't allocate memory" in text.lower():
            return _OUT_OF_MEMORY
        if isinstance(error, OSError):
            return f"The disk refused: {error.strerror or text}. Make room and train again."
        logger.error("run %s failed", self.snapshot.run.run, exc_info=error)
        return f"An unexpected fault ended the training ({type(error).__name__}: {text})."

    def _train(self) -> None:
        import torch

        from playground.training import engine

        keep_freed_memory()
        run, start = self.snapshot.run, None
        if threads := run.threads or self._threads:
            torch.set_num_threads(threads)
        if run.epochs:
            start = self._folder.start(run)
        if not self._fresh:
            self._go_back_to(start.state.epoch if start else 0)
        for event in engine.train(run.experiment, self._load_data(), self._clock, self._steer, start):
            self._handlers[type(event)](event)
        if self.state.is_live:
            self._end(RunState.STOPPED, "Stopped before its first batch.")

    def _go_back_to(self, epoch: int) -> None:
        """Forget what came after the epoch where the training goes on."""
        self._folder.sweep()
        self._folder.keep_logs_until(epoch)
        run = self.snapshot.run.until(epoch)
        self.snapshot = replace(
            self.snapshot, run=run, curve=self._folder.curve(), step=epoch * run.batches_in_epoch
        )

    def _steer(self) -> TrainingControl:
        from playground.training.engine import TrainingControl

        with self._told:
            while self._pause and not self._stop and not self._single_steps:
                self._hold()
                self._told.wait(_LOOK_UP)
                self._give_up_at_the_end()
            self._give_up_at_the_end()
            single = self._single_steps > 0
            self._single_steps -= single
            if self.state is RunState.PAUSED and not single:
                self._publish(save=True, state=RunState.RUNNING)
            self.snapshot = replace(self.snapshot, ending=self._stop)
            return TrainingControl(stop=self._stop, learning_rate=self._rate, report=single)

    def _give_up_at_the_end(self) -> None:
        if threads.is_ending():
            raise _ProcessEnds

    def _hold(self) -> None:
        self._recent.clear()  # the time of a pause says nothing about speed
        self.snapshot = replace(self.snapshot, images_per_second=None, seconds_left=None)
        if self.state is not RunState.PAUSED:
            self._publish(save=True, state=RunState.PAUSED)

    def _write(self, run: Run) -> None:
        self._folder.write(run)
        self._catalog.note(run.run)

    def _publish(self, *, save: bool = False, **changes: Any) -> None:
        """Show the record with these changes; what is saved is in the folder before anybody sees it."""
        run = self.snapshot.run.model_copy(update=changes)
        if save:
            self._write(run)
        self.snapshot = replace(self.snapshot, run=run)

    def _on_started(self, event: TrainingStarted) -> None:
        run = self.snapshot.run
        here = (event.device, event.precision, event.threads, event.torch)
        resumed = run.resumed
        if run.epochs and len(run.epochs) != run.parent_epoch:  # a fork that begins was not interrupted
            before = (run.device, run.precision, run.threads, run.torch)
            resumed = (*resumed, Resumption(len(run.epochs), exactly=here == before))
        self._publish(
            save=True,
            resumed=resumed,
            device=event.device,
            precision=event.precision,
            threads=event.threads,
            torch=event.torch,
            train_images=event.train_images,
            batches_in_epoch=event.batches_in_epoch,
        )

    def _on_batch(self, event: BatchEnd) -> None:
        self._recent.append((self._clock(), event))
        speed, left = self._pace(event)
        self.snapshot = replace(
            self.snapshot,
            step=event.step,
            curve=self._extended(event),
            images_per_second=speed,
            seconds_left=left,
        )
        self._publish(train_seconds=event.train_seconds)

    def _extended(self, event: BatchEnd) -> Curve:
        point = (event.step / self.snapshot.run.batches_in_epoch, event.loss, event.accuracy)
        self._folder.add_point(point)  # a killed process leaves it, and others can watch it grow
        return self.snapshot.curve.extended(*point)

    def _on_rate_changed(self, event: RateChanged) -> None:
        self._publish(save=True, rate_changes=(*self.snapshot.run.rate_changes, event))

    def _pace(self, event: BatchEnd) -> tuple[float | None, float | None]:
        """Images a second of training, and seconds left by the clock on the wall (evaluation included)."""
        then, first = self._recent[0]
        trained = event.train_seconds - first.train_seconds
        if trained <= 0:
            return None, None
        a_step = (self._clock() - then) / (event.step - first.step)
        return (event.images - first.images) / trained, a_step * (self.snapshot.steps - event.step)

    def _on_epoch(self, event: EpochEnd) -> None:
        run = self.snapshot.run
        self._folder.keep_epoch(event.metrics.epoch, event.weights, event.validation_logits, event.state)
        self._pinboard(run, event.metrics.epoch, event.weights)  # before anybody misses it, or it is thinned out
        epochs = (*run.epochs, event.metrics)
        self._publish(save=True, epochs=epochs, train_seconds=sum(epoch.seconds for epoch in epochs))
        self._folder.thin_out(self.snapshot.run, self._most_bytes)  # only now: the record knows the new epoch
        self._watch(self.snapshot)

    def _on_finished(self, event: TrainingFinished) -> None:
        self._folder.keep_test_logits(event.test_logits)
        self._publish(test_loss=event.test_loss, test_accuracy=event.test_accuracy)
        self._end(RunState.STOPPED if event.stopped else RunState.DONE)

    def _on_diverged(self, event: TrainingDiverged) -> None:
        optimizer = self.snapshot.run.experiment.training.optimizer
        tamer = min(optimizer.learning_rate / 10, optimizer.usual_rate)
        remedy = f"The learning rate is {optimizer.learning_rate:g}: try {tamer:g}."
        self._end(RunState.DIVERGED, f"Diverged: {event.reason}. {remedy}")

    def _end(self, state: RunState, message: str = "") -> None:
        """Keep the record, and only then say that the run is over: whoever hears it can read it."""
        run = self.snapshot.run.model_copy(update={"state": state, "message": message[:MOST_MESSAGE]})
        written = False
        try:
            self._write(run)
            written = True
        except OSError as error:
            lost = f"{message} The result could not be written: {error.strerror or error}.".strip()
            run = run.model_copy(update={"message": lost})
        finally:
            self._folder.lock.release()
            self.snapshot = Snapshot(run, self.snapshot.curve, self.snapshot.step)
        if written:
            self._kept(run.run)
