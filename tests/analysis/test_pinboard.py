"""Networks are asked about pins after every epoch, while they train and later."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from small import SHAKEN, TINY, tiny

from playground.analysis.pins import Pin
from playground.data.images import FashionData
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.examples import EXAMPLES
from playground.runs.pinned_log import PINNED, read_streams
from playground.runs.snapshot import Snapshot
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState


@pytest.fixture
def lab(home: Path) -> Lab:
    """Trains where it is told to."""
    return Lab(Settings(home=home, threads=1), InlineExecutor())


@pytest.fixture
def pin(lab: Lab, sample: FashionData) -> Callable[[int], Pin]:
    """Pins a test image of the sample."""
    return lambda number: lab.pinboard.pins.pin(sample.test.pixels[number].numpy(), f"no. {number}")


def expected(lab: Lab, run: Run, pin: Pin, epoch: int) -> list[float]:
    """What the run's network says, asked as the Predict page does."""
    found: list[float] = lab.scores.probabilities(run, torch.from_numpy(pin.image.copy())[None], epoch)[0].tolist()
    return found


def caught_up(lab: Lab, run: Run) -> None:
    job = lab.pinboard.catch_up(run)
    assert job is not None
    assert lab.pinboard.catch_up(run) in (job, None), "two tabs see the same one"
    job.finished()
    assert lab.pinboard.catch_up(run) is None


def test_every_epoch_is_asked_while_it_trains(lab: Lab, pin) -> None:
    pins = [pin(1), pin(2)]
    seen: list[int] = []

    def watch(snapshot: Snapshot) -> None:  # as a page that looks right after an epoch
        board = lab.pinboard.board(snapshot.run)
        assert (board.behind, board.lost) == ((), ())
        seen.append(len(board.streams[0]))

    run = lab.library.run(
        lab.trainer.start(SHAKEN.changed({"training.epochs": 3, "data.test_time_mirror": True}), watch=watch)
    )
    assert seen == [1, 2, 3]
    board = lab.pinboard.board(run)
    assert board.pins == tuple(pins)
    for each, stream in zip(pins, board.streams, strict=True):
        assert list(stream) == [1, 2, 3]
        for epoch, said in stream.items():
            assert said == pytest.approx(expected(lab, run, each, epoch), abs=1e-5)
            assert sum(said) == pytest.approx(1, abs=1e-4)
    assert lab.pinboard.board(run) is board, "nothing is read again while nothing changes"


def test_no_bit_of_the_training_depends_on_pins(lab: Lab, pin) -> None:
    without = lab.library.run(lab.trainer.start(SHAKEN))
    for number in range(5):
        pin(number)
    pinned = lab.library.run(lab.trainer.start(SHAKEN))
    assert (lab.settings.home / "runs" / pinned.run / PINNED).is_file()
    folders = RunFolders(lab.settings.home)
    for epoch in (1, 2):
        (before, scores), (after, others) = (folders.folder(run.run).epoch(epoch) for run in (without, pinned))
        assert before.keys() == after.keys()
        assert all(torch.equal(before[name], after[name]) for name in before)
        assert torch.equal(scores, others)
        states = [folders.folder(run.run).state(epoch) for run in (without, pinned)]
        assert all(
            torch.equal(each, states[1].generators[purpose]) for purpose, each in states[0].generators.items()
        )
    assert torch.equal(*(folders.folder(run.run).test_logits() for run in (without, pinned)))


def test_asking_leaves_the_process_wide_random_generators_alone(lab: Lab, pin) -> None:
    run = lab.library.run(lab.trainer.start(SHAKEN))
    pin(1)
    weights = RunFolders(lab.settings.home).folder(run.run).weights(1)
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()
    lab.pinboard.note(run, 1, weights)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state[1], np.random.get_state()[1])
    assert list(lab.pinboard.board(run).streams[0]) == [1]


def test_a_later_pin_is_asked_about_in_the_background(lab: Lab, pin) -> None:
    first = pin(1)
    run = lab.library.run(lab.trainer.start(tiny(epochs=3)))
    second = pin(2)
    assert lab.pinboard.board(run).behind == (1, 2, 3)
    caught_up(lab, run)
    board = lab.pinboard.board(run)
    assert (board.behind, board.lost) == ((), ())
    assert [list(stream) for stream in board.streams] == [[1, 2, 3]] * 2
    assert board.streams[1][2] == pytest.approx(expected(lab, run, second, 2), abs=1e-5)
    again = Lab(Settings(home=lab.settings.home), InlineExecutor()).pinboard.board(run)
    assert again.behind == ()
    assert again.streams == board.streams, "it is kept, and the first pin was not asked about twice"
    assert board.streams[0][2] == pytest.approx(expected(lab, run, first, 2), abs=1e-5)


def test_what_was_said_outlives_the_weights(home: Path, sample: FashionData) -> None:
    small = Lab(Settings(home=home, threads=1, run_megabytes=1), InlineExecutor())
    wide = TINY.changed({"architecture.hidden": [{"units": 600}], "training.epochs": 6, "data.fraction": 0.02})
    small.pinboard.pins.pin(sample.test.pixels[0].numpy(), "early")
    run = small.library.run(small.trainer.start(wide))
    kept = small.library.kept_epochs(run).weights
    dropped = tuple(sorted({1, 2, 3, 4, 5, 6} - set(kept)))
    assert dropped, "the limit of a megabyte leaves some out"
    assert list(small.pinboard.board(run).streams[0]) == [1, 2, 3, 4, 5, 6]
    small.pinboard.pins.pin(sample.test.pixels[1].numpy(), "late")
    caught_up(small, run)
    board = small.pinboard.board(run)
    assert (board.behind, board.lost) == ((), dropped)
    assert [tuple(stream) for stream in board.streams] == [(1, 2, 3, 4, 5, 6), kept]


def test_a_damaged_epoch_is_left_out_and_not_tried_again(lab: Lab, pin) -> None:
    run = lab.library.run(lab.trainer.start(tiny(epochs=3)))
    file = lab.settings.home / "runs" / run.run / "epoch-0002.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    pin(1)
    caught_up(lab, run)
    board = lab.pinboard.board(run)
    assert (list(board.streams[0]), board.behind, board.lost) == ([1, 3], (), (2,))


def test_unpinned_and_brought_back_it_has_its_stream(lab: Lab, pin) -> None:
    first = pin(1)
    run = lab.library.run(lab.trainer.start(TINY))
    before = lab.pinboard.board(run).streams
    lab.pinboard.pins.unpin(first.pin)
    assert lab.pinboard.board(run).pins == ()
    lab.pinboard.pins.bring_back(first)
    assert lab.pinboard.board(run).streams == before


def test_the_example_is_only_read(lab: Lab, pin) -> None:
    example = lab.library.examples()[0]
    pinned = pin(1)
    caught_up(lab, example)
    board = lab.pinboard.board(example)
    last = len(example.epochs)
    assert list(board.streams[0]) == [last]
    assert board.streams[0][last] == pytest.approx(expected(lab, example, pinned, last), abs=1e-5)
    assert board.lost == tuple(range(1, last))
    assert not (EXAMPLES[example.run].folder / PINNED).exists()
    assert not list(lab.settings.home.rglob(PINNED))


def test_a_folder_that_refuses_costs_the_training_nothing(lab: Lab, pin) -> None:
    def refuse(snapshot: Snapshot) -> None:
        file = lab.settings.home / "runs" / snapshot.run.run / PINNED
        if file.is_file():
            file.unlink()
            file.mkdir()  # from the second epoch on nothing can be written there

    pin(1)
    run = lab.library.run(lab.trainer.start(tiny(epochs=3), watch=refuse))
    assert (run.state, len(run.epochs)) == (RunState.DONE, 3)
    caught_up(lab, run)
    assert list(lab.pinboard.board(run).streams[0]) == [1, 2, 3], "in memory, then"


def test_a_fork_inherits_until_its_epoch_and_goes_its_own_way(lab: Lab, pin) -> None:
    pin(1)
    parent = lab.library.run(lab.trainer.start(tiny(epochs=3)))
    fork = lab.library.run(lab.trainer.fork(parent.run, 2, tiny(epochs=4)))
    before, after = (read_streams(lab.settings.home / "runs" / run.run) for run in (parent, fork))
    ((name, stream),) = after.items()
    assert list(stream) == [1, 2, 3, 4]
    assert {epoch: stream[epoch] for epoch in (1, 2)} == {epoch: before[name][epoch] for epoch in (1, 2)}
    assert lab.pinboard.board(fork).behind == ()


def test_a_run_that_goes_back_forgets_what_came_after(lab: Lab, pin) -> None:
    first = pin(1)
    run = lab.library.run(lab.trainer.start(tiny(epochs=4)))
    folder = RunFolders(lab.settings.home).folder(run.run)
    whole = read_streams(folder.path)
    folder.write(run.until(3).model_copy(update={"state": RunState.RUNNING}))  # as if its process had been killed
    lab.pinboard.pins.unpin(first.pin)
    lab.trainer.resume(run.run)
    assert list(read_streams(folder.path)[first.pin]) == [1, 2, 3]
    lab.pinboard.pins.bring_back(first)
    caught_up(lab, lab.library.run(run.run))
    (again,) = lab.pinboard.board(run).streams
    assert list(again) == [1, 2, 3, 4]
    assert all(again[epoch] == pytest.approx(said, abs=1e-5) for epoch, said in whole[first.pin].items())


def test_a_run_whose_folder_vanishes_while_it_is_asked_is_no_fault(lab: Lab, pin) -> None:
    run = lab.library.run(lab.trainer.start(TINY))
    pin(1)
    board = lab.pinboard.board(run)
    assert board.behind == (1, 2)
    shutil.rmtree(lab.settings.home / "runs" / run.run)
    caught_up(lab, run)
    assert lab.pinboard.board(run).behind == ()
    assert not (lab.settings.home / "runs" / run.run).exists()
