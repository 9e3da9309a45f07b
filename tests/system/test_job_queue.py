"""Background jobs: step by step, the last asked first, giving way to training."""

import os
import sys
import threading

import pytest
from patience import until

from playground.errors import RunError
from playground.system import threads
from playground.system.job_queue import JobQueue


class Clock:
    """A time that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def counting(steps: int, result: object = "done", note=lambda step: None):
    def work():
        for step in range(steps):
            note(step)
            yield (step + 1) / (steps + 1)
        return result

    return work


def idle() -> bool:
    return False


def over(jobs: JobQueue) -> None:
    until(lambda: jobs.is_idle)


def test_a_job_comes_to_its_result() -> None:
    job = JobQueue(idle).ask(("sum", 1), counting(3, 42))
    until(lambda: job.is_over)
    assert (job.result(), job.progress.fraction) == (42, 1.0)


def test_who_asks_again_is_given_the_same() -> None:
    jobs, begun = JobQueue(idle), []
    first = jobs.ask(("a",), counting(2, note=begun.append))
    until(lambda: first.is_over)
    assert jobs.ask(("a",), counting(2, note=begun.append)) is first
    assert jobs.ask(("b",), counting(2)) is not first
    assert begun == [0, 1]
    over(jobs)


def test_what_was_asked_for_last_goes_first() -> None:
    taken: list[str] = []
    begun, gate = threading.Event(), threading.Event()
    clock = Clock()
    jobs = JobQueue(idle, clock=clock)

    def held():
        begun.set()
        gate.wait(60)
        yield 0.5

    jobs.ask(("held",), held)
    begun.wait(60)
    asked = []
    for name in "abc":
        clock.now += 1
        asked.append(jobs.ask((name,), counting(2, note=lambda _, name=name: taken.append(name))))
    clock.now += 1
    asked[0].keep_alive()
    gate.set()
    over(jobs)
    assert "".join(taken) == "aaccbb"


def test_what_nobody_asks_for_any_more_is_given_up() -> None:
    clock, gate, taken = Clock(), threading.Event(), []
    jobs = JobQueue(idle, clock=clock)

    def held():
        gate.wait(60)
        yield 0.5

    wanted = jobs.ask(("wanted",), held)
    left = jobs.ask(("left",), counting(3, note=taken.append))
    clock.now += 60
    wanted.keep_alive()
    gate.set()
    over(jobs)
    assert (wanted.is_over, wanted.failed) == (True, False)
    assert (left.is_over, left.is_cancelled) == (True, True)  # whoever still holds it hears of it
    assert len(taken) <= 1  # the thread may have begun it before the clock moved
    again = jobs.ask(("left",), counting(3))
    assert again is not left
    over(jobs)


def test_a_fault_is_told_to_who_asks_and_does_not_stop_the_others() -> None:
    jobs = JobQueue(idle)

    def damaged():
        yield 0.1
        raise RunError("The weights are damaged.")

    def broken():
        yield 0.1
        raise ZeroDivisionError

    told, unexpected, good = (jobs.ask((name,), work) for name, work in
                              (("a", damaged), ("b", broken), ("c", counting(1))))  # fmt: skip
    over(jobs)
    assert good.result() == "done"
    with pytest.raises(RunError, match="The weights are damaged"):
        told.result()
    with pytest.raises(RunError, match=r"An unexpected fault ended it \(ZeroDivisionError"):
        unexpected.result()


def test_one_that_failed_is_begun_anew_when_it_is_asked_again_later() -> None:
    clock = Clock()
    jobs = JobQueue(idle, clock=clock)

    def broken():
        yield 0.1
        raise RunError("no")

    first = jobs.ask(("a",), broken)
    over(jobs)
    assert jobs.ask(("a",), counting(1)) is first
    clock.now += 5
    again = jobs.ask(("a",), counting(1))
    over(jobs)
    assert again.result() == "done"


def test_one_that_is_over_is_begun_anew_where_that_is_asked() -> None:
    jobs = JobQueue(idle)
    first = jobs.ask(("a",), counting(1))
    over(jobs)
    assert jobs.ask(("a",), counting(1)) is first
    again = jobs.ask(("a",), counting(1, "anew"), again=True)
    assert again.finished() == "anew"
    over(jobs)


def test_the_time_of_other_jobs_does_not_count() -> None:
    clock, gate = Clock(), threading.Event()
    jobs = JobQueue(idle, clock=clock)

    def held():
        gate.wait(60)
        yield 0.5

    def slow():
        clock.now += 4
        yield 0.5
        jobs.ask(("other",), other)
        yield 0.5  # the other one, asked for last, goes first
        clock.now += 1
        yield 0.75
        left.append(job.progress)

    def other():
        clock.now += 20
        yield 0.5

    left = []
    jobs.ask(("held",), held)
    job = jobs.ask(("slow",), slow, "Counting")
    gate.set()
    over(jobs)
    (progress,) = left
    assert job.seconds == 5
    assert progress.seconds_left == pytest.approx(5 / 0.75 * 0.25)
    assert progress.line == "Counting · 75% · about 1.7 s left"


def test_half_of_the_time_is_left_to_a_training(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    clock, busy = Clock(), [True]
    sleep = threads.sleep

    def nap(seconds: float) -> None:
        if threading.current_thread().name == "background-jobs":
            naps.append(seconds)
        else:  # a thread that an earlier test has left, such as that of its database
            sleep(seconds)

    monkeypatch.setattr(threads, "sleep", nap)
    jobs = JobQueue(lambda: busy[0], clock=clock)

    def slow():
        for step in range(3):
            clock.now += 0.5
            busy[0] = step < 2
            yield step / 3

    jobs.ask(("a",), slow)
    over(jobs)
    assert naps == [0.5, 0.5]


def test_only_so_many_results_of_a_kind_are_kept() -> None:
    jobs = JobQueue(idle, {"large": 2})
    small = jobs.ask(("small",), counting(1))
    first, *others = (jobs.ask(("large", number), counting(1)) for number in range(3))
    assert [jobs.ask(("large", number), counting(1)) for number in (1, 2)] == others
    assert jobs.ask(("small",), counting(1)) is small
    assert jobs.ask(("large", 0), counting(1)) is not first
    over(jobs)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
def test_its_thread_has_a_low_priority_and_this_one_keeps_its_own() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    found: list[int] = []
    jobs = JobQueue(idle)

    def look():
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        yield 0.5

    jobs.ask(("a",), look)
    over(jobs)
    assert found == [max(before, 10)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
