"""What the coach reads off how a run ended: too early, or without the rate that was set."""

from __future__ import annotations

import math

from playground.coach.verdict import Evidence, Remedy, Verdict
from playground.training.record import RunState

_REACHED = 0.5  # of the rate that was set: a schedule sampled at few batches misses its peak by less
_BATCHES = 20  # in all: enough for every schedule to come to its full rate


def stopped_early(evidence: Evidence) -> Verdict | None:
    """The run was stopped before its last epoch was over: what was planned for the end never happened."""
    run, planned = evidence.run, evidence.run.experiment.training.epochs
    if not run.epochs:
        return None
    if run.state not in (RunState.DONE, RunState.STOPPED):
        return None
    if evidence.trained >= planned:
        return Verdict("Stopped early", False, f"{evidence.trained:.2g} of {planned} epochs were trained.")
    done = f"Stopped after {evidence.trained:.2g} of {planned} epochs"
    whole = math.floor(evidence.trained)
    if not whole:
        words = f"{done}: the network has not even seen every training image once, so its accuracy says little."
        return Verdict("Stopped early", True, words, (Remedy(f"Train all {planned} epochs", {}),))
    words = f"{done}: it may not be as good as these settings can be."
    return Verdict("Stopped early", True, words, (Remedy(f"Train on to epoch {planned}", {}, whole),))


def rate_never_reached(evidence: Evidence) -> Verdict | None:
    """The run had so few batches that its schedule never came near the rate that was set."""
    run = evidence.run
    if not run.epochs or run.state is not RunState.DONE or not run.batches_in_epoch:
        return None
    count = run.batches_in_epoch * len(run.epochs)
    batches = f"{count:,} batch{'es' * (count > 1)}"
    highest = f"The highest learning rate in {batches} was {evidence.reached * evidence.rate:.3g}"
    if evidence.reached >= _REACHED:
        return Verdict("Learning rate never reached", False, f"{highest}.")
    enough = min(1000, math.ceil(_BATCHES / run.batches_in_epoch))
    remedies = [Remedy("A constant rate", {"training.schedule": {"name": "constant"}})]
    if enough > len(run.epochs):
        remedies.insert(0, Remedy(f"Train {enough} epochs", {"training.epochs": enough}))
    return Verdict(
        "Learning rate never reached", True, f"{highest}, of the {evidence.rate:g} that was set.", tuple(remedies)
    )
