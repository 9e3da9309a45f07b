"""t-SNE in a process of its own: the same as without one, in a way that can be watched, held and given up."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from patience import until
from threadpoolctl import threadpool_limits

from playground.analysis.tsne import Tsne
from playground.errors import RunError
from playground.interpret.embedding import Points, neighbourhoods, plane, principal


@pytest.fixture(scope="module")
def given() -> tuple[Points, Points]:
    draw = np.random.default_rng(0)
    found = principal(
        (draw.normal(size=(4, 30))[np.arange(300) % 4] * 3 + draw.normal(size=(300, 30))).astype("f4")
    )
    assert found is not None
    return found.scores, plane(found).points


@pytest.fixture
def begin(given: tuple[Points, Points]):
    """Begin one; at the end all are over."""
    begun: list[Tsne] = []
    turn = threading.Semaphore(1)

    def start(perplexity: float = 20, busy: Callable[[], bool] = lambda: False, iterations: int = 250) -> Tsne:
        begun.append(Tsne(*given, perplexity, busy, turn, iterations))
        return begun[-1]

    yield start
    for each in begun:
        each.cancel()
        until(lambda each=each: each.is_over)


def test_it_is_what_it_would_be_in_this_process(begin, given: tuple[Points, Points]) -> None:
    made = begin(iterations=350)
    with threadpool_limits(1):
        expected = neighbourhoods(*given, 20, iterations=350)
    until(lambda: made.is_over)
    found = made.result()
    assert np.array_equal(found.points, expected.points)
    assert (found.divergence, found.trust, found.trusted) == (
        expected.divergence,
        expected.trust,
        expected.trusted,
    )
    assert (made.fraction, made.seconds_left, made.came_to_nothing) == (1, 0, False)


def test_it_says_how_far_it_is(begin) -> None:
    made = begin(iterations=3000)
    until(lambda: 0 < made.fraction < 1)
    assert made.iterations % 50 == 0
    until(lambda: made.seconds_left is not None)
    assert made.seconds_left > 0


def test_it_is_given_up_at_once(begin) -> None:
    made = begin(iterations=100_000)
    until(lambda: made.iterations > 0)
    process = made.process
    made.cancel()
    assert made.wait(5)
    assert process.poll() is not None
    assert (made.result(), made.came_to_nothing) == (None, True)


def test_one_at_a_time_and_one_that_waits_can_be_given_up(begin) -> None:
    first, second, third = begin(iterations=100_000), begin(), begin()
    until(lambda: first.iterations > 0)
    second.cancel()
    assert second.wait(5)
    assert (second.result(), third.process) == (None, None)
    first.cancel()
    until(lambda: third.is_over)
    assert third.result() is not None


def test_it_does_not_begin_while_a_network_is_trained(begin) -> None:
    training = threading.Event()
    training.set()
    made = begin(busy=training.is_set)
    until(lambda: made.is_held)
    assert made.process is None
    training.clear()
    until(lambda: made.is_over)
    assert (made.is_held, len(made.result().points)) == (False, 300)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the state of a process from /proc")
def test_it_stands_still_while_a_network_is_trained(begin) -> None:
    training = threading.Event()
    made = begin(busy=training.is_set, iterations=1000)
    until(lambda: made.iterations > 0)

    def state() -> str:
        return Path(f"/proc/{made.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]

    training.set()
    until(lambda: made.is_held and state() == "T")
    time.sleep(0.5)  # what it wrote before may still be on its way
    before = made.iterations
    time.sleep(1)
    assert made.iterations == before < 1000
    training.clear()
    until(lambda: made.is_over)
    assert made.result() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="reads the priority of a process from /proc")
def test_it_has_the_lowest_priority(begin) -> None:
    made = begin(iterations=100_000)
    until(lambda: made.iterations > 0)
    fields = Path(f"/proc/{made.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    assert fields[16] == "19"


def test_a_fault_is_a_sentence(begin) -> None:
    made = begin(perplexity=1000)
    until(lambda: made.is_over)
    with pytest.raises(
        RunError, match=r"t-SNE ended with status 1: ValueError: perplexity .* less than n_samples"
    ):
        made.result()
    assert made.came_to_nothing
