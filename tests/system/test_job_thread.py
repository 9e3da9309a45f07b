"""A function in a thread: progress, time left, cancelling, faults."""

import threading

import pytest
from patience import until

from playground.errors import RunError
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob


def test_progress_and_time_left_by_the_pace() -> None:
    now = [0.0]
    thread, gate = JobThread[str]("test", clock=lambda: now[0]), threading.Event()
    assert (thread.job, thread.is_running) == (None, False)

    def work(job: BackgroundJob[str]) -> str:
        job.report(0.2, "a fifth was done before")
        now[0] = 10.0
        job.report(0.4, "counting")
        gate.wait(10)
        return "done"

    job = thread.start(work, "begins")
    until(lambda: job.progress.fraction == 0.4)
    assert thread.is_running
    assert (job.progress.words, job.progress.seconds_left) == ("counting", 30.0)
    assert job.progress.line == "counting · 40% · about 30 s left"
    assert thread.start(work) is job, "it is under way"
    gate.set()
    assert job.finished() == "done"
    assert (thread.job, thread.is_running, job.failed) == (job, False, False)
    assert (job.progress.fraction, job.progress.seconds_left) == (1.0, None)
    job.cancel()
    assert not job.failed, "it is over"


def test_the_time_of_waiting_does_not_count() -> None:
    now, busy = [0.0], [3]

    def is_busy() -> bool:
        now[0] += 100
        busy[0] -= 1
        return busy[0] > 0

    def work(job: BackgroundJob[float | None]) -> float | None:
        job.report(0.0, "begins")
        job.wait_while(is_busy, "waits")
        assert job.progress.words == "begins"
        now[0] += 1
        job.report(0.5, "half")
        return job.progress.seconds_left

    thread = JobThread[float | None]("test", clock=lambda: now[0])
    assert thread.start(work).finished() == 1.0


def test_what_it_waits_for_is_told() -> None:
    gate = threading.Event()
    job = JobThread[None]("test").start(lambda job: job.wait_while(lambda: not gate.is_set(), "waits"), "works")
    until(lambda: job.progress.words == "waits")
    gate.set()
    job.finished()
    assert job.progress.words == "works"


def test_it_is_cancelled_where_it_looks_up() -> None:
    thread, rounds = JobThread[None]("test"), list[int]()

    def work(job: BackgroundJob[None]) -> None:
        while True:
            rounds.append(1)
            job.rest()

    job = thread.start(work)
    until(lambda: bool(rounds))
    job.cancel()
    assert job.wait(60)
    assert (job.is_cancelled, job.failed, job.fault) == (True, True, None)
    with pytest.raises(RunError, match="It was cancelled"):
        job.result()
    assert thread.start(lambda _: rounds.clear()).finished() is None, "and begins again"
    assert not rounds


def test_a_fault_is_told_in_a_sentence() -> None:
    def broken(_: BackgroundJob[None]) -> None:
        raise RunError("It broke off.")

    def full(_: BackgroundJob[None]) -> None:
        raise OSError(28, "No space left on device")

    def unforeseen(_: BackgroundJob[None]) -> None:
        [][0]

    thread = JobThread[None]("test")
    for work, words in (
        (broken, "It broke off."),
        (full, "The disk refused: No space left on device."),
        (unforeseen, r"An unexpected fault ended it \(IndexError"),
    ):
        job = thread.start(work)
        with pytest.raises(RunError, match=words):
            job.finished()
        assert job.failed
