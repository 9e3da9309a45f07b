"""Work in the background: progress, time left, cancelling, faults."""

import threading

from patience import until

from playground.errors import RunError
from playground.system.thread_job import ThreadJob


def test_progress_and_time_left_by_the_pace() -> None:
    now = [0.0]
    task, go_on = ThreadJob("test", clock=lambda: now[0]), threading.Event()

    def work() -> None:
        task.report(0.2, "a fifth was done before")
        now[0] = 10.0
        task.report(0.4, "counting")
        go_on.wait(10)

    task.start(work)
    until(lambda: task.progress.share == 0.4)
    assert task.progress.running
    assert (task.progress.doing, task.progress.seconds_left) == ("counting", 30.0)
    task.start(lambda: None)  # nothing: it is under way
    go_on.set()
    until(lambda: not task.progress.running)
    assert task.progress.fault == ""


def test_the_time_of_waiting_does_not_count() -> None:
    now, busy = [0.0], [3]
    task = ThreadJob("test", clock=lambda: now[0])

    def is_busy() -> bool:
        now[0] += 100
        busy[0] -= 1
        return busy[0] > 0

    left = []

    def work() -> None:
        task.report(0.0, "begins")
        task.wait_while(is_busy, "waits")
        now[0] += 1
        task.report(0.5, "half")
        left.append(task.progress.seconds_left)

    task.start(work)
    until(lambda: not task.progress.running)
    assert left == [1.0]


def test_it_is_cancelled_where_it_looks_up() -> None:
    task, rounds = ThreadJob("test"), []

    def work() -> None:
        while True:
            rounds.append(1)
            task.rest()

    task.start(work)
    until(lambda: bool(rounds))
    task.cancel()
    until(lambda: not task.progress.running)
    assert task.progress.fault == "Cancelled. What was done is kept."
    task.start(lambda: rounds.clear())  # and begins again
    until(lambda: not rounds)


def test_a_fault_is_told_in_a_sentence() -> None:
    task = ThreadJob("test")

    def broken() -> None:
        raise RunError("It broke off.")

    task.start(broken)
    until(lambda: task.progress.fault == "It broke off.")
    task.start(lambda: [][0])
    until(lambda: "An unexpected fault ended it (IndexError" in task.progress.fault)
    assert not task.progress.running
