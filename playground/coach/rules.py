"""The coach: rules over a run that say what is wrong in one sentence with the evidence, and what may help.

A rule whose evidence is not there says what it needs. The signs and remedies are those of the textbooks:
Goodfellow, Bengio and Courville 2016, "Deep Learning", chapter 11; Smith 2018, "A disciplined approach to neural
network hyper-parameters", arXiv:1803.09820. The thresholds are ours: docs/decisions.md says how they were found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.coach import curves, ending, network
from playground.coach.verdict import Advice, Evidence, Verdict
from playground.data.classes import CLASSES


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong with a run.

    Attributes:
        name: Of the fault.
        judge: From the evidence to a verdict, or to None where the evidence is not there.
        needs: What it needs, said where it is not there.
        at_the_end: Whether it means something only when a run is over.
    """

    name: str
    judge: Callable[[Evidence], Verdict | None]
    needs: str
    at_the_end: bool = False

    def verdict(self, evidence: Evidence) -> Verdict:
        """What the rule says, whether or not it can judge."""
        waits = self.at_the_end and evidence.run.state.is_live
        found = None if waits else self.judge(evidence)
        needs = "It can be checked when the run has ended." if waits else f"It needs {self.needs}."
        return found or Verdict(self.name, False, needs, judged=False)


RULES = (
    Rule("Stopped early", ending.stopped_early, "an epoch of a run that is done or was stopped", True),
    Rule("Learning rate never reached", ending.rate_never_reached, "a run that is done", True),
    Rule("Learning rate too high", curves.rate_too_high, "two epochs"),
    Rule("Dead ReLUs", network.dead_layers, "a layer with ReLU, kept weights and the run's images"),
    Rule("Overfitting", curves.overfitting, "three epochs with validation images"),
    Rule("Learning rate too low", curves.rate_too_low, "an epoch at the learning rate that was set", True),
    Rule("Too few epochs", curves.too_few_epochs, "two epochs, and all that were planned", True),
    Rule("Underfitting", curves.underfitting, "two epochs without a fault that explains it", True),
    Rule("One pair dominates", network.one_pair, "30 mistaken images of a network that learned", True),
    Rule("Weak class", network.weak_class, "20 images of a class, and a network that learned", True),
)


def advise(evidence: Evidence) -> Advice:
    """What the rules say of a run: nothing before the first epoch, unless it diverged."""
    verdicts = [rule.verdict(evidence) for rule in RULES]
    ranked = sorted(verdicts, key=lambda verdict: (not verdict.fault, not verdict.judged))
    if not any(verdict.judged for verdict in verdicts):
        return Advice()
    return Advice(_summary(evidence), tuple(ranked))


def _summary(evidence: Evidence) -> str:
    """How far the network is, and since when."""
    epochs = evidence.run.epochs
    if not epochs:
        return ""
    now, before = epochs[-1], epochs[-2] if len(epochs) > 1 else None
    after = f"After {evidence.trained:.2g} of {evidence.run.experiment.training.epochs} epochs"
    kind = "training" if now.validation_accuracy is None else "validation"
    right = now.train_accuracy if now.validation_accuracy is None else now.validation_accuracy
    words = f"{after} the network is right on {right:.1%} of the {kind} images"
    if before is None:
        return f"{words}; guessing would be right on {1 / CLASSES:.0%}."
    earlier = before.train_accuracy if kind == "training" else before.validation_accuracy
    return f"{words}; after epoch {before.epoch} it was {earlier:.1%}." if earlier is not None else f"{words}."
