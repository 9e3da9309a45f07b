"""Who runs jobs."""

import threading

import pytest

from playground.system.executors import InlineExecutor, ThreadExecutor


def test_inline_is_here_and_now() -> None:
    threads: list[threading.Thread] = []
    InlineExecutor().submit(lambda: threads.append(threading.current_thread()))
    assert threads == [threading.current_thread()]


def test_the_thread_keeps_the_order_and_ends_with_the_process() -> None:
    thread, done, order = ThreadExecutor(), threading.Event(), list[int]()
    for number in range(5):
        thread.submit(lambda number=number: order.append(number))
    thread.submit(lambda: (order.append(threading.current_thread().daemon), done.set())[1])
    assert done.wait(60)
    assert order == [0, 1, 2, 3, 4, True]


def test_work_that_raises_does_not_take_the_thread_with_it(caplog: pytest.LogCaptureFixture) -> None:
    thread, done = ThreadExecutor(), threading.Event()
    thread.submit(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    thread.submit(done.set)
    assert done.wait(60)
    assert "the worker goes on with what waits" in caplog.text
