"""Jobs and who runs them."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from patience import until
from records import record
from small import TINY, tiny

from playground.data.images import FashionData
from playground.errors import DataError, RunError
from playground.experiment.experiment import Experiment
from playground.lab.job import Job
from playground.runs.catalog import Catalog
from playground.runs.database import open_database
from playground.runs.snapshot import Snapshot
from playground.runs.store import Store
from playground.runs.writer import RunFolders, RunWriter
from playground.system.executors import InlineExecutor, ThreadExecutor
from playground.training.record import RunState

LONG = tiny(epochs=1000, batch_size=2)
BLANK: dict[str, Any] = {"state": RunState.QUEUED, "epochs": (), "test_loss": None, "test_accuracy": None}


class Workbench:
    """Makes jobs in one home; they are trained where they are submitted."""

    def __init__(self, home: Path, data: FashionData) -> None:
        self.folders, self.data, self.jobs = RunFolders(home), data, list[Job]()
        self.catalog = Catalog(self.folders, Store(lambda: open_database("sqlite://")))

    def job(
        self,
        experiment: Experiment = TINY,
        load_data: Callable[[], FashionData] | None = None,
        watch: Callable[[Snapshot], None] = lambda _: None,
    ) -> Job:
        run = record(len(self.jobs), experiment=experiment, **BLANK)
        job = Job(run, self.folders.folder(run.run), self.catalog, load_data or (lambda: self.data), watch=watch)
        self.jobs.append(job)
        return job

    def folder(self, job: Job) -> RunWriter:
        return self.folders.folder(job.snapshot.run.run)


@pytest.fixture
def bench(home: Path, few: FashionData) -> Any:
    bench = Workbench(home, few)
    yield bench
    for job in bench.jobs:
        job.stop()
    until(lambda: all(job.state.is_final for job in bench.jobs))


@pytest.fixture(scope="module")
def thread() -> ThreadExecutor:
    return ThreadExecutor()


class TestOneJob:
    def test_its_states_and_what_it_leaves(self, bench: Workbench) -> None:
        seen: list[Snapshot] = []
        job = bench.job(watch=seen.append)
        assert job.state is RunState.QUEUED
        assert bench.folder(job).read().state is RunState.QUEUED
        InlineExecutor().submit(job.work)
        assert [len(snapshot.run.epochs) for snapshot in seen] == [1, 2]
        assert {snapshot.run.state for snapshot in seen} == {RunState.RUNNING}
        run = job.snapshot.run
        assert (run.state, run.message, len(run.epochs)) == (RunState.DONE, "", 2)
        assert (run.device, run.precision, run.threads) == ("cpu", "float32", torch.get_num_threads())
        assert run.train_seconds == sum(epoch.seconds for epoch in run.epochs)
        folder = bench.folder(job)
        assert folder.read() == run
        assert not folder.is_locked()
        assert sorted(path.name for path in folder.path.iterdir()) == [
            "curve.jsonl",
            "epoch-0001.safetensors",
            "epoch-0002.safetensors",
            "lock",
            "manifest.json",
            "run.json",
            "state-0001.safetensors",
            "state-0002.safetensors",
            "test.safetensors",
        ]

    def test_its_scores_are_those_of_its_accuracy(self, bench: Workbench, few: FashionData) -> None:
        job = bench.job()
        job.work()
        right = bench.folder(job).test_logits().argmax(1) == few.test.labels
        assert job.snapshot.run.test_accuracy == right.double().mean()

    def test_its_curve_goes_from_0_to_its_epochs(self, bench: Workbench) -> None:
        job = bench.job(TINY.changed({"data.fraction": 1.0}))
        job.work()
        curve = job.snapshot.curve
        assert curve.epochs == pytest.approx([step / 7 for step in range(1, 15)])
        assert len(curve.losses) == len(curve.accuracies) == 14
        assert bench.folder(job).curve() == curve
        assert (job.snapshot.step, job.snapshot.steps) == (14, 14)
        assert job.snapshot.seconds_left is None

    def test_it_says_that_it_runs_before_anything_is_loaded(self, bench: Workbench) -> None:
        def load() -> FashionData:
            states.append(bench.folder(job).read().state)
            return bench.data

        states: list[RunState] = []
        job = bench.job(load_data=load)
        job.work()
        assert states == [RunState.RUNNING]

    def test_each_epoch_leaves_its_curve(self, bench: Workbench) -> None:
        points: list[tuple[float, ...]] = []
        job = bench.job(watch=lambda snapshot: points.append(bench.folder(job).curve().epochs))
        job.work()
        assert points == [(1.0,), (1.0, 2.0)]

    def test_only_a_live_one_is_here_to_be_steered(self, bench: Workbench) -> None:
        seen: list[Snapshot] = []
        job = bench.job(watch=seen.append)
        assert job.snapshot.here
        job.work()
        assert all(snapshot.here for snapshot in seen)
        assert not job.snapshot.here

    def test_who_waits_for_its_end_can_read_it(self, bench: Workbench) -> None:
        run = record(7, **BLANK)
        folder = bench.folders.folder(run.run)
        found: list[RunState] = []
        job = Job(
            run,
            folder,
            bench.catalog,
            lambda: bench.data,
            kept=lambda name: found.append(bench.folders.folder(name).read().state),
        )
        job.work()
        assert found == [RunState.DONE]

    def test_a_snapshot_never_changes(self, bench: Workbench) -> None:
        seen: list[tuple[Snapshot, str]] = []
        job = bench.job(tiny(epochs=4), watch=lambda snapshot: seen.append((snapshot, repr(snapshot))))
        job.work()
        assert all(repr(snapshot) == text for snapshot, text in seen)
        with pytest.raises(AttributeError):
            seen[0][0].step = 3  # type: ignore[misc]

    def test_speed_and_time_left_while_it_runs(self, bench: Workbench) -> None:
        seen: list[Snapshot] = []
        bench.job(TINY.changed({"data.fraction": 1.0}), watch=seen.append).work()
        assert seen[0].images_per_second is not None
        assert seen[0].images_per_second > 0
        assert seen[0].seconds_left is not None
        assert seen[0].seconds_left > 0

    def test_a_second_job_in_the_same_folder_is_refused(self, bench: Workbench) -> None:
        job = bench.job()
        with pytest.raises(RunError, match=r"A run cannot be kept in .*: File exists"):
            Job(job.snapshot.run, bench.folder(job), bench.catalog, lambda: bench.data)

    def test_work_is_done_once(self, bench: Workbench) -> None:
        job = bench.job()
        job.work()
        first = job.snapshot
        job.work()
        assert job.snapshot is first


class TestSteering:
    def test_a_paused_job_goes_step_by_step(self, bench: Workbench, thread: ThreadExecutor) -> None:
        job = bench.job(LONG)
        thread.submit(job.work)
        until(lambda: job.snapshot.step > 2)
        job.pause()
        until(lambda: job.state is RunState.PAUSED)
        reported = job.snapshot.step
        job.step()  # this report has the batches since the last one in it, too
        until(lambda: job.snapshot.step > reported)
        for _ in range(3):
            before = job.snapshot.step
            job.step()
            until(lambda before=before: job.snapshot.step > before)
            assert job.snapshot.step == before + 1
            assert job.snapshot.images_per_second is None
            assert job.state is RunState.PAUSED

    def test_a_changed_rate_is_recorded(self, bench: Workbench, thread: ThreadExecutor) -> None:
        job = bench.job(LONG)
        thread.submit(job.work)
        until(lambda: job.snapshot.step > 2)
        job.change_learning_rate(0.025)
        until(lambda: len(job.snapshot.run.rate_changes) == 1)
        (change,) = job.snapshot.run.rate_changes
        assert change.learning_rate == 0.025
        assert bench.folder(job).read().rate_changes == (change,)

    def test_pause_resume_and_stop_from_another_thread(self, bench: Workbench, thread: ThreadExecutor) -> None:
        job = bench.job(LONG)
        thread.submit(job.work)
        until(lambda: job.snapshot.step > 2)
        job.pause()
        until(lambda: job.state is RunState.PAUSED)
        held = job.snapshot
        assert bench.folder(job).read().state is RunState.PAUSED
        assert (held.images_per_second, held.seconds_left) == (None, None)
        assert not threading.Event().wait(0.1)
        assert job.snapshot is held
        job.unpause()
        until(lambda: job.snapshot.step > held.step)
        assert job.state is RunState.RUNNING
        job.stop()
        until(lambda: job.state.is_final)
        run = job.snapshot.run
        assert (run.state, run.message) == (RunState.STOPPED, "")
        assert run.test_accuracy is not None
        assert bench.folder(job).read() == run

    def test_a_paused_job_can_be_stopped(self, bench: Workbench, thread: ThreadExecutor) -> None:
        job = bench.job(LONG)
        thread.submit(job.work)
        until(lambda: job.snapshot.step > 0)
        job.pause()
        until(lambda: job.state is RunState.PAUSED)
        job.stop()
        until(lambda: job.state is RunState.STOPPED)

    def test_paused_while_it_waits_it_holds_before_its_first_batch(
        self, bench: Workbench, thread: ThreadExecutor
    ) -> None:
        job = bench.job()
        job.pause()
        thread.submit(job.work)
        until(lambda: job.state is RunState.PAUSED)
        assert job.snapshot.step == 0
        job.stop()
        until(lambda: job.state.is_final)
        assert job.snapshot.run.message == "Stopped before its first batch."
        assert bench.folder(job).read().state is RunState.STOPPED

    def test_stopped_while_it_waits_it_never_begins(self, bench: Workbench) -> None:
        job = bench.job(load_data=lambda: pytest.fail("it began"))
        job.stop()
        assert (job.state, job.snapshot.run.message) == (RunState.STOPPED, "Stopped before it began.")
        assert bench.folder(job).read().state is RunState.STOPPED
        assert not bench.folder(job).is_locked()
        job.work()
        assert job.state is RunState.STOPPED

    def test_nothing_moves_a_job_that_is_over(self, bench: Workbench) -> None:
        job = bench.job()
        job.work()
        over = job.snapshot
        for tell in (job.pause, job.unpause, job.stop):
            tell()
        assert job.snapshot is over

    def test_a_paused_run_keeps_its_weights_to_the_last_bit(
        self, bench: Workbench, thread: ThreadExecutor
    ) -> None:
        plain, paused = bench.job(tiny(epochs=4)), bench.job(tiny(epochs=4))
        plain.work()
        paused.pause()
        thread.submit(paused.work)
        until(lambda: paused.state is RunState.PAUSED)
        torch.rand(3)
        paused.unpause()
        until(lambda: paused.state is RunState.DONE)
        one, other = (bench.folder(job).weights(4) for job in (plain, paused))
        assert all(torch.equal(one[name], other[name]) for name in one)


class TestQueue:
    def test_jobs_are_trained_in_their_order_one_at_a_time(self, bench: Workbench, thread: ThreadExecutor) -> None:
        order: list[str] = []
        jobs = [bench.job(watch=lambda snapshot: order.append(snapshot.run.run)) for _ in range(3)]
        for job in jobs:
            thread.submit(job.work)
        until(lambda: all(job.state is RunState.DONE for job in jobs))
        names = [job.snapshot.run.run for job in jobs]
        assert order == [name for name in names for _ in range(2)]

    def test_two_queued_together_have_the_weights_they_have_alone(
        self, bench: Workbench, thread: ThreadExecutor
    ) -> None:
        alone, first, second = (bench.job() for _ in range(3))
        alone.work()
        for job in (first, second):
            thread.submit(job.work)
        until(lambda: second.state is RunState.DONE)
        expected = bench.folder(alone).weights(2)
        for job in (first, second):
            found = bench.folder(job).weights(2)
            assert all(torch.equal(found[name], expected[name]) for name in expected)


def raise_(error: Exception) -> Callable[[], FashionData]:
    def load() -> FashionData:
        raise error

    return load


def too_much() -> FashionData:
    torch.empty(2**60)
    raise AssertionError


class TestFailing:
    @pytest.mark.parametrize(
        ("load_data", "message"),
        [
            (raise_(DataError("The images are gone.")), "The images are gone."),
            (too_much, "Out of memory. Use a smaller batch or fewer channels."),
            (raise_(MemoryError()), "Out of memory. Use a smaller batch or fewer channels."),
            (raise_(RuntimeError("CUDA out of memory.")), "Out of memory. Use a smaller batch or fewer channels."),
            (
                raise_(OSError(28, "No space left on device")),
                "The disk refused: No space left on device. Make room",
            ),
            (
                raise_(ZeroDivisionError("by zero")),
                "An unexpected fault ended the training (ZeroDivisionError: by zero)",
            ),
        ],
    )
    def test_it_ends_in_a_sentence_and_the_worker_goes_on(
        self, bench: Workbench, thread: ThreadExecutor, load_data: Callable[[], FashionData], message: str
    ) -> None:
        broken, sound = bench.job(load_data=load_data), bench.job()
        for job in (broken, sound):
            thread.submit(job.work)
        until(lambda: sound.state is RunState.DONE)
        assert broken.state is RunState.FAILED
        assert broken.snapshot.run.message.startswith(message)
        assert bench.folder(broken).read() == broken.snapshot.run
        assert not bench.folder(broken).is_locked()

    @pytest.mark.parametrize(("error", "logged"), [(OSError(28, "full"), 0), (ZeroDivisionError(), 1)])
    def test_only_what_nobody_expects_goes_to_the_log(
        self, bench: Workbench, caplog: pytest.LogCaptureFixture, error: Exception, logged: int
    ) -> None:
        bench.job(load_data=raise_(error)).work()
        assert len(caplog.records) == logged

    def test_a_folder_that_vanishes_ends_the_run_and_not_the_worker(
        self, bench: Workbench, thread: ThreadExecutor
    ) -> None:
        def lose(_: Snapshot) -> None:
            folder = bench.folder(lost).path
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
            folder.write_text("in the way")

        lost = bench.job(watch=lose)
        thread.submit(lost.work)
        until(lambda: lost.state.is_final)
        assert lost.state is RunState.FAILED
        assert "The result could not be written" in lost.snapshot.run.message
        sound = bench.job()
        thread.submit(sound.work)
        until(lambda: sound.state is RunState.DONE)

    def test_a_diverged_run_says_what_to_try(self, bench: Workbench) -> None:
        wild = TINY.changed(
            {
                "architecture.hidden": [{"units": 64}] * 4,
                "training.optimizer.learning_rate": 1e6,
                "data.fraction": 1.0,
            }
        )
        job = bench.job(wild)
        job.work()
        run = job.snapshot.run
        assert run.state is RunState.DIVERGED
        assert run.message.startswith("Diverged: at batch ")
        assert run.message.endswith("The learning rate is 1e+06: try 0.1.")
        assert run.test_accuracy is None
        assert bench.folder(job).read() == run
