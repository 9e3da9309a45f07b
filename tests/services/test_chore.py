"""Work in the background: progress, time left, cancelling, faults."""

import threading

from patience import until

from playground.errors import RunError
from playground.services.chore import Chore


def test_progress_and_time_left_by_the_pace() -> None:
    now = [0.0]
    chore, go_on = Chore("test", clock=lambda: now[0]), threading.Event()

    def work() -> None:
        chore.say(0.2, "a fifth was done before")
        now[0] = 10.0
        chore.say(0.4, "counting")
        go_on.wait(10)

    chore.start(work)
    until(lambda: chore.progress.share == 0.4)
    assert chore.progress.running
    assert (chore.progress.doing, chore.progress.seconds_left) == ("counting", 30.0)
    chore.start(lambda: None)  # nothing: it is under way
    go_on.set()
    until(lambda: not chore.progress.running)
    assert chore.progress.fault == ""


def test_the_time_of_waiting_does_not_count() -> None:
    now, busy = [0.0], [3]
    chore = Chore("test", clock=lambda: now[0])

    def is_busy() -> bool:
        now[0] += 100
        busy[0] -= 1
        return busy[0] > 0

    left = []

    def work() -> None:
        chore.say(0.0, "begins")
        chore.wait_while(is_busy, "waits")
        now[0] += 1
        chore.say(0.5, "half")
        left.append(chore.progress.seconds_left)

    chore.start(work)
    until(lambda: not chore.progress.running)
    assert left == [1.0]


def test_it_is_cancelled_where_it_looks_up() -> None:
    chore, rounds = Chore("test"), []

    def work() -> None:
        while True:
            rounds.append(1)
            chore.rest()

    chore.start(work)
    until(lambda: bool(rounds))
    chore.cancel()
    until(lambda: not chore.progress.running)
    assert chore.progress.fault == "Cancelled. What was done is kept."
    chore.start(lambda: rounds.clear())  # and begins again
    until(lambda: not rounds)


def test_a_fault_is_told_in_a_sentence() -> None:
    chore = Chore("test")

    def broken() -> None:
        raise RunError("It broke off.")

    chore.start(broken)
    until(lambda: chore.progress.fault == "It broke off.")
    chore.start(lambda: [][0])
    until(lambda: "An unexpected fault ended it (IndexError" in chore.progress.fault)
    assert not chore.progress.running
