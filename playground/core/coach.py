"""The coach: rules over a run that say what is wrong in one sentence with the evidence, and what may help.

A rule whose evidence is not there says nothing. The signs and remedies are those of the textbooks: Goodfellow,
Bengio and Courville 2016, "Deep Learning", chapter 11; Smith 2018, "A disciplined approach to neural network
hyper-parameters", arXiv:1803.09820. The thresholds are ours: docs/decisions.md says how they were found.
"""

from __future__ import annotations

from collections.abc import Callable

from playground.core import coach_curves, coach_network
from playground.core.verdict import Evidence, Verdict

Rule = Callable[[Evidence], Verdict | None]

AT_ANY_TIME: tuple[Rule, ...] = (
    coach_curves.rate_too_high,
    coach_network.dead_layers,
    coach_curves.overfitting,
)
"""What can be seen while a run is still trained."""
AT_THE_END: tuple[Rule, ...] = (
    coach_curves.rate_too_low,
    coach_curves.too_few_epochs,
    coach_curves.underfitting,
    coach_network.one_pair,
    coach_network.weak_class,
)
"""What means something only when a run is over."""


def advise(evidence: Evidence) -> tuple[Verdict, ...]:
    """What the rules say of a run, those that found a fault first."""
    rules = AT_ANY_TIME if evidence.run.state.is_live else (*AT_ANY_TIME, *AT_THE_END)
    said = [verdict for verdict in (rule(evidence) for rule in rules) if verdict is not None]
    return tuple(sorted(said, key=lambda verdict: not verdict.fault))
