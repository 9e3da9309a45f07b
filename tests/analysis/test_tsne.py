"""t-SNE in a process of its own: the same as without one, in a way that can be watched, held and given up."""

import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from patience import until
from threadpoolctl import threadpool_limits

from playground.analysis.tsne import TsneJob, start_tsne
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
    begun: list[TsneJob] = []
    turn = threading.Semaphore(1)

    def start(perplexity: float = 20, busy: Callable[[], bool] = lambda: False, iterations: int = 250) -> TsneJob:
        begun.append(start_tsne(*given, perplexity, busy, turn, iterations))
        return begun[-1]

    yield start
    for each in begun:
        each.cancel()
        assert each.wait(60)


def worker() -> Path:
    """The process that works, in /proc."""
    (found,) = [
        each for each in Path("/proc").glob("[0-9]*") if f"{os.getpid()}" == fields(each)[1] and is_worker(each)
    ]
    return found


def fields(process: Path) -> list[str]:
    """The state of a process, its parent, and so on; the priority is the seventeenth."""
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:  # it is gone by now
        return ["", ""]


def is_worker(process: Path) -> bool:
    return b"playground.analysis.tsne_worker" in (process / "cmdline").read_bytes()


def test_it_is_what_it_would_be_in_this_process(begin, given: tuple[Points, Points]) -> None:
    made = begin(iterations=350)
    with threadpool_limits(1):
        expected = neighbourhoods(*given, 20, iterations=350)
    found = made.finished()
    assert np.array_equal(found.points, expected.points)
    assert (found.divergence, found.trust, found.trusted) == (
        expected.divergence,
        expected.trust,
        expected.trusted,
    )
    assert (made.progress.fraction, made.progress.seconds_left, made.failed) == (1, None, False)


def test_it_says_how_far_it_is(begin) -> None:
    made = begin(iterations=100_000)
    assert made.progress.words == "t-SNE looks for neighbours"
    until(lambda: made.progress.seconds_left is not None)
    progress = made.progress
    done = re.fullmatch(r"t-SNE: ([\d,]+) of 100,000 iterations", progress.words)[1].replace(",", "")
    assert int(done) % 50 == 0
    assert progress.fraction == int(done) / 100_000
    assert progress.seconds_left > 0


def test_it_is_given_up_at_once(begin) -> None:
    made = begin(iterations=100_000)
    until(lambda: made.progress.fraction > 0)
    made.cancel()
    assert made.wait(60)
    assert (made.failed, made.fault) == (True, None)


def test_one_at_a_time_and_one_that_waits_can_be_given_up(begin) -> None:
    first, second, third = begin(iterations=100_000), begin(), begin()
    until(lambda: first.progress.fraction > 0)
    until(lambda: third.progress.words == "t-SNE waits until another one is done")
    second.cancel()
    assert second.wait(60)
    assert (second.progress.fraction, third.progress.fraction) == (0, 0)
    first.cancel()
    assert len(third.finished().points) == 300


def test_it_does_not_begin_while_a_network_is_trained(begin) -> None:
    training = threading.Event()
    training.set()
    made = begin(busy=training.is_set)
    until(lambda: made.progress.words == "t-SNE stands still while a network is trained")
    assert made.progress.fraction == 0
    training.clear()
    assert len(made.finished().points) == 300


@pytest.mark.skipif(sys.platform != "linux", reason="reads the state of a process from /proc")
def test_it_stands_still_while_a_network_is_trained(begin) -> None:
    training = threading.Event()
    made = begin(busy=training.is_set, iterations=1000)
    until(lambda: made.progress.fraction > 0)
    training.set()
    until(lambda: "stands still" in made.progress.words and fields(worker())[0] == "T")
    before = made.progress.fraction
    assert before < 1
    training.clear()
    assert made.finished() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="reads the priority of a process from /proc")
def test_it_has_the_lowest_priority(begin) -> None:
    made = begin(iterations=100_000)
    until(lambda: made.progress.fraction > 0)
    assert fields(worker())[16] == "19"


def test_a_fault_is_a_sentence(begin) -> None:
    made = begin(perplexity=1000)
    with pytest.raises(
        RunError,
        match=r"t-SNE ended with status 1: ValueError: perplexity .* less than n_samples.* Try fewer images\.",
    ):
        made.finished()
    assert made.failed
