"""How long an epoch of the network in the sidebar will take, judged by runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab
from playground.training.record import Run

if TYPE_CHECKING:  # imports torch
    from playground.network.plan import Plan


def expected_epoch_seconds(lab: Lab, experiment: Experiment, plan: Plan) -> tuple[float, str] | None:
    """Seconds, and the name of the run they are judged by; None before the first whole epoch on this machine.

    The newest run of the same layers says it; else the newest run, in proportion to the multiply-adds, which is a
    rough guess: small networks spend most of their time elsewhere.
    """
    timed = [
        run for run in reversed(lab.library.runs()) if run.epochs and run.epochs[-1].images == run.train_images
    ]
    if not timed:
        return None
    same = [run for run in timed if run.experiment.architecture == experiment.architecture]
    judge = same[0] if same else timed[0]
    return _images(lab, experiment) * _seconds_an_image(judge) * (
        1.0 if same else _work(lab, judge, plan)
    ), judge.name


def _seconds_an_image(run: Run) -> float:
    return run.epochs[-1].seconds / run.epochs[-1].images


def _images(lab: Lab, experiment: Experiment) -> float:
    everything = len(lab.datasets.current().train)
    guided = everything / experiment.data.folds if experiment.data.validation == "held-out" else 0
    return (everything - guided) * experiment.data.fraction


def _work(lab: Lab, judge: Run, plan: Plan) -> float:
    return plan.multiply_adds / lab.trainer.check(judge.experiment).multiply_adds
