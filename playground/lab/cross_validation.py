"""Probabilities of the training images that are out of sample: a training for every fold, which it leaves out.

They are ordinary runs, kept as such and found again by their experiment; so what is done is never done again, and
a run that broke off is resumed. The next begins only when nothing else is trained or waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from playground.analysis.scores import Scores
from playground.data.sources.datasets import Datasets
from playground.errors import RunError
from playground.experiment.experiment import Experiment
from playground.experiment.presets import name_for
from playground.lab.trainer import Trainer
from playground.runs.library import Library
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob, CancelledError
from playground.training.record import Run, RunState

if TYPE_CHECKING:
    from torch import Tensor

    from playground.data.images import FashionData, Images
    from playground.metrics.label_issues import LabelIssue


@dataclass(frozen=True, eq=False)
class CrossValidationResult:
    """All training images, and the label issues among them.

    Attributes:
        images: In canonical order; `LabelIssue.index` counts them.
        issues: The worst first.
        runs: One a fold.
        fold: int64 [n]: which of the runs left an image out and judged it, from 0 on.
        accuracy: Of all of them, each judged by the run that left it out.
    """

    images: Images
    issues: tuple[LabelIssue, ...]
    runs: tuple[Run, ...]
    fold: Tensor
    accuracy: float

    def judge(self, index: int) -> Run:
        """The run that left an image out."""
        return self.runs[int(self.fold[index])]


def fold_of(experiment: Experiment, fold: int, folds: int) -> Experiment:
    """The experiment that leaves out one of the folds."""
    return experiment.changed({"data.validation": "held-out", "data.folds": folds, "data.fold": fold})


class CrossValidation:
    """Trains the folds of an experiment, one after the other.

    Attributes:
        thread: Waits for them, in the background.
    """

    def __init__(self, trainer: Trainer, library: Library, scores: Scores, datasets: Datasets) -> None:
        self._trainer, self._library, self._scores, self._datasets = trainer, library, scores, datasets
        self.thread = JobThread[None]("folds")
        self._crossed = lru_cache(maxsize=2)(self._cross)

    def done(self, experiment: Experiment, folds: int) -> dict[int, Run]:
        """The finished runs, by fold, on the images that are here now."""
        return {
            fold: run
            for fold, run in self._latest(experiment, folds).items()
            if run.state is RunState.DONE and not run.rate_changes
        }

    def start(self, experiment: Experiment, folds: int) -> None:
        """Train what is missing, in the background. What cannot be trained is refused at once.

        Raises:
            ExperimentError: As `Trainer.check`.
        """
        self._trainer.check(fold_of(experiment, 1, folds))
        self.thread.start(lambda job: self._train(job, experiment, folds))

    def crossed(self, experiment: Experiment, folds: int) -> CrossValidationResult | None:
        """All training images with their label issues; None until every fold is done."""
        done = self.done(experiment, folds)
        if len(done) < folds:
            return None
        return self._crossed(tuple(done[fold].run for fold in range(1, folds + 1)))

    def _latest(self, experiment: Experiment, folds: int) -> dict[int, Run]:
        """The newest run of every fold; a finished one before any other."""
        here = self._datasets.current().fingerprint
        wanted = {fold_of(experiment, fold, folds): fold for fold in range(1, folds + 1)}
        runs = [run for run in self._library.runs() if run.data.fingerprint == here and run.experiment in wanted]
        runs.sort(key=lambda run: run.state is RunState.DONE)
        return {wanted[run.experiment]: run for run in runs}

    def _train(self, job: BackgroundJob[None], experiment: Experiment, folds: int) -> None:
        for fold in range(1, folds + 1):
            done = len(self.done(experiment, folds))
            job.report(done / folds, f"Fold {fold} of {folds}")
            job.wait_while(lambda: bool(self._library.live()), "Waits until nothing else is trained")
            elsewhere = partial(self._is_live, experiment, fold, folds)
            job.wait_while(elsewhere, "Another process trains this fold")
            if fold not in self.done(experiment, folds):
                self._train_one(job, experiment, fold, folds, done)

    def _is_live(self, experiment: Experiment, fold: int, folds: int) -> bool:
        run = self._latest(experiment, folds).get(fold)
        return run is not None and run.state.is_live

    def _train_one(
        self, job: BackgroundJob[None], experiment: Experiment, fold: int, folds: int, done: int
    ) -> None:
        known = self._latest(experiment, folds).get(fold)
        if known is not None and known.state.can_resume:
            run = known.run
            self._trainer.resume(run)
        else:
            name = f"{name_for(experiment)}, fold {fold} of {folds}"
            run = self._trainer.start(fold_of(experiment, fold, folds), name)
        try:
            while (snapshot := self._library.snapshot(run)).run.state.is_live:
                share = snapshot.step / snapshot.steps if snapshot.steps else 0.0
                job.report((done + share) / folds, f"Fold {fold} of {folds}, run {run}")
                job.rest()
        except CancelledError:
            self._trainer.stop(run)
            raise
        if snapshot.run.state is not RunState.DONE:
            raise RunError(f"Fold {fold} of {folds} ended {snapshot.run.state}. {snapshot.run.message}".strip())

    def _cross(self, names: tuple[str, ...]) -> CrossValidationResult:
        import torch

        from playground.data.images import held_out
        from playground.metrics.label_issues import find_label_issues

        runs = tuple(self._library.run(name) for name in names)
        data: FashionData = self._scores.data_of(runs[0])
        probabilities = torch.zeros(len(data.train), 10, dtype=torch.float64)
        fold = torch.zeros(len(data.train), dtype=torch.int64)
        for number, run in enumerate(runs):
            left_out = held_out(data, number + 1, len(runs))
            fold[left_out] = number
            probabilities[left_out] = self._scores.logits(run, "validation").double().softmax(1)
        right = float((probabilities.argmax(1) == data.train.labels).double().mean())
        issues = find_label_issues(probabilities.numpy(), data.train.labels.numpy())
        return CrossValidationResult(data.train, issues, runs, fold, right)
