"""The pinboard: pinned pictures, and what a run's network says of each after every epoch.

Who trains asks about all pins after each epoch (`note`), with weights that are at hand. For pins that were made
later the epochs whose weights are kept are asked in the background (`catch_up`).
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.analysis.pins import Pin, PinListing, Pins
from playground.errors import RunError
from playground.runs.pinned_log import Probabilities, add_epoch, read_streams, stamp
from playground.runs.reader import RunReader
from playground.system.job_queue import JobQueue, Work
from playground.system.jobs import BackgroundJob
from playground.training.record import Run

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    from torch import Tensor

logger = logging.getLogger(__name__)

_BOARDS = 8  # of so many runs the last board stays in memory


@dataclass(frozen=True, eq=False)
class Board:
    """All pins with what a run's network says of them.

    Attributes:
        streams: For each pin its probabilities by epoch, ascending; without the epochs of which nothing is known.
        behind: Epochs that have yet to be asked about some pin, and can be: their weights are kept.
        lost: Epochs that cannot be asked any more about some pin: their weights were dropped, or are damaged.
        problems: A sentence for each pin that is damaged.
    """

    pins: tuple[Pin, ...]
    streams: tuple[Mapping[int, Probabilities], ...]
    behind: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()


class Pinboard:
    """The pins of a home and their streams, for any number of threads.

    Args:
        home: Where the pins are kept.
        kept: What is kept of the run of a name.
        now: The time, for new pins.
        jobs: Whose thread asks about pins that are newer than a training.
    """

    def __init__(
        self, home: Path, kept: Callable[[str], RunReader], now: Callable[[], datetime], jobs: JobQueue
    ) -> None:
        self.pins, self._kept, self._jobs = Pins(home, now), kept, jobs
        self._lock = threading.Lock()
        self._boards: OrderedDict[str, tuple[object, Board]] = OrderedDict()
        self._unkept: dict[str, dict[tuple[str, int], Probabilities]] = {}  # by run: what no disk would take
        self._unreadable: set[tuple[str, int]] = set()  # runs and epochs whose weights are damaged

    def board(self, run: Run) -> Board:
        """The board of a run as it is now. The same value as before where nothing has changed."""
        pinned, kept = self.pins.found(), self._kept(run.run)
        damaged = frozenset(epoch for each, epoch in self._unreadable if each == run.run)
        key = (pinned, len(run.epochs), stamp(kept.path), len(self._unkept.get(run.run, ())), damaged)
        with self._lock:
            known = self._boards.get(run.run)
        if known is not None and known[0] == key:
            return known[1]
        board = self._made(run, kept, pinned, damaged)
        with self._lock:
            self._boards[run.run] = key, board
            self._boards.move_to_end(run.run)
            if len(self._boards) > _BOARDS:
                self._boards.popitem(last=False)
        return board

    def _made(self, run: Run, kept: RunReader, pinned: PinListing, damaged: frozenset[int]) -> Board:
        epochs, found = [each.epoch for each in run.epochs], read_streams(kept.path)
        unkept = self._unkept.get(run.run, {})

        def stream(pin: str) -> dict[int, Probabilities]:
            on_disk = found.get(pin, {})
            both = ((epoch, on_disk.get(epoch) or unkept.get((pin, epoch))) for epoch in epochs)
            return {epoch: shares for epoch, shares in both if shares is not None}

        streams = tuple(stream(pin.pin) for pin in pinned.pins)
        open_ones = [epoch for epoch in epochs if any(epoch not in each for each in streams)]
        askable = set(kept.with_weights(run)) - damaged if open_ones else set[int]()
        return Board(
            pinned.pins,
            streams,
            behind=tuple(epoch for epoch in open_ones if epoch in askable),
            lost=tuple(epoch for epoch in open_ones if epoch not in askable),
            problems=pinned.problems,
        )

    def note(self, run: Run, epoch: int, weights: Mapping[str, Tensor]) -> None:
        """Ask the network of an epoch about all pins, and keep what it says.

        It is a network of its own on the CPU, in evaluation mode and float32, averaged as the run is: the training
        and its random generators are not touched. Nor does it end where this cannot be done or kept.
        """
        pins = self.pins.found().pins
        if not pins:
            return
        try:
            add_epoch(self._kept(run.run).path, epoch, said_of(run, weights, pins))
        except (OSError, MemoryError, RuntimeError) as error:
            logger.warning("the pins of epoch %d of run %s were not asked about: %s", epoch, run.run, error)

    # --------------------------------------------------------------------------- in the background

    def catch_up(self, run: Run) -> BackgroundJob[None] | None:
        """Ask in the background what has yet to be asked of the epochs that are kept; None if there is nothing."""
        behind = len(self.board(run).behind)
        if not behind:
            return None
        words = f"Asking {behind} earlier epoch{'s' * (behind > 1)} about the pins"
        return self._jobs.ask(("pins", run.run), lambda: self._catch_up(run), words, again=True)

    def _catch_up(self, run: Run) -> Work[None]:
        board = self.board(run)
        for done, epoch in enumerate(board.behind, 1):
            self._ask(run, epoch, board)
            yield done / len(board.behind)

    def _ask(self, run: Run, epoch: int, board: Board) -> None:
        """Ask the network of an epoch about the pins of which it has said nothing yet."""
        pins = [pin for pin, stream in zip(board.pins, board.streams, strict=True) if epoch not in stream]
        kept, said = self._kept(run.run), dict[str, Probabilities]()
        try:
            said = said_of(run, kept.weights(epoch), pins)
        except RunError:  # they were dropped a moment ago, or are damaged
            pass
        except Exception:
            logger.exception("epoch %d of run %s cannot be asked about pins", epoch, run.run)
        if len(said) < len(pins):
            self._unreadable.add((run.run, epoch))
        if said:
            self._keep(run, kept.path, epoch, said)

    def _keep(self, run: Run, folder: Path, epoch: int, said: Mapping[str, Probabilities]) -> None:
        """In the run's folder; in memory where that is only read, as the example's is."""
        if not run.example:
            with suppress(OSError):
                add_epoch(folder, epoch, said)
                return
        before = self._unkept.get(run.run, {})
        self._unkept[run.run] = {**before, **{(pin, epoch): each for pin, each in said.items()}}


def said_of(run: Run, weights: Mapping[str, Tensor], pins: Sequence[Pin]) -> dict[str, Probabilities]:
    """What a run's network with these weights says of pins, by pin; without those where its scores overflow."""
    import torch

    from playground.network.inference import evaluation_batch, load_network, predict_logits

    architecture = run.experiment.architecture
    network = load_network(architecture, weights)
    pixels = torch.from_numpy(np.stack([pin.image for pin in pins]))
    logits = predict_logits(network, pixels, run.experiment.data, evaluation_batch(architecture))
    rows = zip(pins, logits.softmax(1).tolist(), logits.isfinite().all(1).tolist(), strict=True)
    return {pin.pin: tuple(shares) for pin, shares, sound in rows if sound}
