"""The published systems, trained as their articles describe: what was reported beside what is measured.

Every training is an ordinary run of the lab. Accuracy is always that of the last epoch: the test images also
validate here, as in the articles, and the best epoch on them would be picked with their help.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playground.data.classes import CLASS_NAMES
from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab
from playground.metrics.classification import WEAK, class_scores
from playground.reproduction.comparison import Comparison, percent
from playground.reproduction.pace import Pace, in_words
from playground.reproduction.published import System
from playground.runs.snapshot import Snapshot
from playground.training.record import Run, RunState

if TYPE_CHECKING:
    from playground.data.images import FashionData


@dataclass(frozen=True)
class PlannedTraining:
    """One training that a reproduction needs: a system with one of its seeds."""

    system: System
    experiment: Experiment

    @property
    def seed(self) -> int:
        """The seed of this training."""
        return self.experiment.training.seed

    def __str__(self) -> str:
        return f"{self.system.name}, seed {self.seed}"


@dataclass(frozen=True)
class Measurement:
    """One finished run.

    Attributes:
        accuracy: Fraction of the test images right after the last epoch.
        recalls: The same of each class; empty where the article does not look at classes.
        earlier: An earlier call trained it, or a person; this one did not.
    """

    run: Run
    accuracy: float
    recalls: tuple[float, ...] = ()
    earlier: bool = False


@dataclass(frozen=True)
class Row:
    """A system and its runs, by seed; `faults` has a sentence for each training that gave no result."""

    system: System
    measured: tuple[Measurement, ...]
    faults: tuple[str, ...]
    test_images: int

    @property
    def accuracy(self) -> Comparison:
        """After the last epoch."""
        accuracies = tuple(each.accuracy for each in self.measured)
        return Comparison(self.system.reported, accuracies, self.test_images, self.system.article.words)

    @property
    def after(self) -> dict[int, Comparison]:
        """After the epochs on the way for which the article gives a figure."""
        return {epoch: self._after(epoch, reported) for epoch, reported in self.system.article.after.items()}

    def _after(self, epoch: int, reported: float) -> Comparison:
        epochs = (each.run.epochs[epoch - 1].validation_accuracy for each in self.measured)
        return Comparison(reported, tuple(value for value in epochs if value is not None), self.test_images)

    @property
    def classes(self) -> dict[str, Comparison]:
        """The accuracy (recall) of each class, where the article looks at them."""
        by_class = list(zip(*(each.recalls for each in self.measured), strict=True))
        names = CLASS_NAMES if by_class else ()
        return {name: self._class(name, recalls) for name, recalls in zip(names, by_class, strict=True)}

    def _class(self, name: str, recalls: tuple[float, ...]) -> Comparison:
        article = self.system.article
        words = f"under {percent(WEAK, 0)}" if name in article.weak and name not in article.classes else ""
        return Comparison(article.classes.get(name), recalls, self.test_images // len(CLASS_NAMES), words)

    @property
    def train_seconds(self) -> float | None:
        """Mean over the seeds, of training alone."""
        seconds = [each.run.train_seconds for each in self.measured]
        return sum(seconds) / len(seconds) if seconds else None


def wanted(published: Sequence[System], seeds: int) -> tuple[PlannedTraining, ...]:
    """The trainings that are needed: every system's first seed, then the second; short ones before long ones."""
    short_first = sorted(published, key=lambda system: system.work)
    return tuple(PlannedTraining(system, system.seeded(turn)) for turn in range(seeds) for system in short_first)


def finished(runs: Iterable[Run], experiment: Experiment, fingerprint: str) -> Run | None:
    """The newest finished run of exactly this experiment on these images; `runs` are oldest first.

    A run whose learning rate was changed by hand is not what its experiment says.
    """
    same = [
        run
        for run in runs
        if run.state is RunState.DONE
        and run.experiment == experiment
        and run.data.fingerprint == fingerprint
        and not run.rate_changes
    ]
    return same[-1] if same else None


class Reproduction:
    """Trains what is wanted and not there yet.

    Args:
        lab: Trains in this very thread.
        data: The images that the lab trains on.
        say: Told in a sentence how it goes.
        clock: Seconds, from any start.
    """

    def __init__(
        self,
        lab: Lab,
        data: FashionData,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._lab, self._data, self._say, self._clock = lab, data, say, clock
        self._pace = Pace()
        self._measured: dict[PlannedTraining, Measurement] = {}
        self._faults: dict[PlannedTraining, str] = {}

    def rows(self, published: Sequence[System], seeds: int, again: bool = False) -> tuple[Row, ...]:
        """A row a system; with `again` runs that are there already are trained anew.

        Interrupted, it says what is kept: the same call goes on from there.
        """
        everything = wanted(published, seeds)
        if not again:
            self._look_up(everything)
        missing = [each for each in everything if each not in self._measured]
        try:
            for position, each in enumerate(missing, 1):
                self._train(each, missing[position:], f"[{position} of {len(missing)}] {each}")
        except KeyboardInterrupt:
            self._say(
                f"{len(self._measured)} of {len(everything)} runs are finished and kept: the same call"
                f"{' without --again' * again} goes on from there."
            )
            raise
        return tuple(self._row(system, everything) for system in published)

    def _row(self, system: System, everything: Sequence[PlannedTraining]) -> Row:
        own = [each for each in everything if each.system == system]
        return Row(
            system,
            tuple(self._measured[each] for each in own if each in self._measured),
            tuple(self._faults[each] for each in own if each in self._faults),
            len(self._data.test),
        )

    def _look_up(self, everything: Sequence[PlannedTraining]) -> None:
        runs = self._lab.library.runs()
        for each in everything:
            run = finished(runs, each.experiment, self._data.fingerprint)
            if run is not None:
                self._say(f"{each}: run {run.run} did it already and is used; --again trains anew.")
                self._pace.learn(each.system, run.train_seconds)
                self._measured[each] = replace(self._judge(each.system, run), earlier=True)

    def _judge(self, system: System, run: Run) -> Measurement:
        assert run.test_accuracy is not None  # a run that is done was judged
        if not system.article.weak:  # nobody asks for classes: the scores need not be read
            return Measurement(run, run.test_accuracy)
        scores = class_scores(self._lab.scores.logits(run, "test"), self._data.test.labels)
        return Measurement(run, run.test_accuracy, tuple(score.recall for score in scores))

    def _train(self, one: PlannedTraining, waiting: Sequence[PlannedTraining], title: str) -> None:
        started, epochs = self._clock(), one.experiment.training.epochs

        def watch(snapshot: Snapshot) -> None:
            spent, last = self._clock() - started, snapshot.run.epochs[-1]
            self._pace.learn(one.system, spent * epochs / last.epoch)
            left = self._pace.left([one.system, *(each.system for each in waiting)], spent)
            score = f"{percent(last.validation_accuracy)} of the test images"
            self._say(f"{title}: epoch {last.epoch} of {epochs}, {score}; {in_words(left)} left in all")

        self._say(f"{title}: begins")
        run = self._lab.library.run(
            self._lab.trainer.start(one.experiment, f"{one.system.name}, as published", watch)
        )
        if run.state is RunState.DONE:
            self._measured[one] = self._judge(one.system, run)
        else:
            self._faults[one] = f"seed {one.seed} {run.state}: {run.message}"
            self._say(f"{title}: {run.state}: {run.message}")
