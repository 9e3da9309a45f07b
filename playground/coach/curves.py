"""What the coach reads off the curves of a run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from playground.coach.verdict import GUESSING, Evidence, Remedy, Verdict, number
from playground.experiment.architecture import Architecture
from playground.experiment.augmentation import Augmentation
from playground.experiment.experiment import Experiment
from playground.experiment.layers import ConvLayer
from playground.training.events import EpochMetrics
from playground.training.record import RunState

_SURE_RISE, _LEAST_RISE = 0.05, 0.02  # share, and nats: epochs differ by less without anything being wrong
_JUMP, _LEAST_JUMP = 0.1, 0.05  # of the training loss between two epochs
_SWING = 0.15  # of the validation loss, up and down again
_LEARNED = 0.3  # of the way from guessing: below it a network has learned next to nothing
_STILL, _STILL_TRAINING = 0.05, 0.1  # of the loss: from here on more epochs are worth their time
_LOW = 0.85  # training accuracy
_SHIFT = 1  # pixel
_REACHED = 0.5  # of the rate that was set: below it the rate cannot be blamed


# ---------------------------------------------------------------------------------------- overfitting


def overfitting(evidence: Evidence) -> Verdict | None:
    """Validation loss rises while training loss falls."""
    judged = [each for each in evidence.run.epochs if each.validation_loss is not None]
    if len(judged) < 3:
        return None
    best = min(judged, key=_validation)
    last, now = judged[-1], min(map(_validation, judged[-2:]))
    rose = now - _validation(best) > max(_SURE_RISE * _validation(best), _LEAST_RISE)
    learned = best.train_loss < GUESSING
    if last.epoch - best.epoch < 2 or not (rose and learned) or last.train_loss >= best.train_loss:
        where = "the last" if best is last else f"and {number(_validation(last))} after the last"
        lowest = f"lowest after epoch {best.epoch}, {number(_validation(best))}"
        return Verdict("Overfitting", False, f"The validation loss was {lowest}, {where}.")
    sentence = (
        f"Overfitting since epoch {best.epoch}: the validation loss rose from {number(_validation(best))} to "
        f"{number(_validation(last))} while the training loss fell from {number(best.train_loss)} to "
        f"{number(last.train_loss)}."
    )
    return Verdict("Overfitting", True, sentence, tuple(_against_overfitting(evidence.run.experiment, best.epoch)))


def _validation(epoch: EpochMetrics) -> float:
    assert epoch.validation_loss is not None
    return epoch.validation_loss


def _against_overfitting(experiment: Experiment, epoch: int) -> Sequence[Remedy]:
    found = []
    if experiment.data.fraction < 1:
        found.append(Remedy("Use all training images", {"data.fraction": 1.0}))
    now: Augmentation = experiment.training.augmentation
    if not now.mirror or now.shift < _SHIFT:
        more = {"training.augmentation.mirror": True, "training.augmentation.shift": max(_SHIFT, now.shift)}
        return [*found, Remedy("Mirror and shift the images", more, epoch)]
    decay = min(10.0, max(0.01, 3 * experiment.training.optimizer.weight_decay))
    return [*found, Remedy("Raise the weight decay", {"training.optimizer.weight_decay": decay}, epoch)]


# --------------------------------------------------------------------------------------------- rate


def rate_too_high(evidence: Evidence) -> Verdict | None:
    """The run diverged, its loss never recovered from a spike, jumped, or swings up and down."""
    run = evidence.run
    if not run.epochs and run.state is not RunState.DIVERGED:
        return None
    for sentence, after, divisor in (
        _diverged(evidence),
        _jumped(evidence),
        _never_recovered(evidence),
        _swings(evidence),
    ):
        if sentence:
            rate = min(evidence.rate / divisor, evidence.usual_rate if divisor >= 10 else evidence.rate)
            remedy = Remedy(f"Lower the rate to {rate:.2g}", _rate(rate), after)
            why = f"The learning rate of {evidence.rate:g} is too high: {sentence}."
            return Verdict("Learning rate too high", True, why, (remedy,))
    if len(run.epochs) < 2:
        return None
    fell = f"The training loss went from {number(run.epochs[0].train_loss)} to {number(evidence.last.train_loss)}"
    return Verdict("Learning rate too high", False, f"{fell} in {len(run.epochs)} epochs, without a jump.")


Sign = tuple[str, int | None, float]
"""What was seen, or nothing; the epoch after which all was well; by what the rate is divided."""
_NOTHING: Sign = ("", None, 1.0)


def _rate(rate: float) -> dict[str, Any]:
    return {"training.optimizer.learning_rate": float(f"{rate:.2g}")}


def _diverged(evidence: Evidence) -> Sign:
    run = evidence.run
    if run.state is not RunState.DIVERGED:
        return _NOTHING
    sound = [each.epoch for each in run.epochs if each.train_loss < GUESSING]
    reason = run.message.removeprefix("Diverged: ").partition(". ")[0] or "the run diverged"
    return reason, sound[-1] if sound else None, 10.0


def _never_recovered(evidence: Evidence) -> Sign:
    if not evidence.run.epochs or not evidence.losses or evidence.progress > 0.02:
        return _NOTHING
    first, peak = evidence.losses[0], max(evidence.losses)
    if peak < 2 * max(first, GUESSING):
        return _NOTHING
    guessing = f"guessing has {number(GUESSING)}"
    return (
        f"the training loss rose from {number(first)} at the start to {number(peak)}, and was "
        f"{number(evidence.last.train_loss)} in the last epoch ({guessing})",
        None,
        10.0,
    )


def _jumped(evidence: Evidence) -> Sign:
    """From what had been learned; not where a fork began: there the images may be others than before."""
    epochs, floor = evidence.run.epochs, evidence.floor
    for before, after in pairwise(epochs):
        rise = after.train_loss - before.train_loss
        had_learned = before.train_loss < GUESSING and before.epoch != evidence.run.parent_epoch
        if had_learned and rise > max(_JUMP * (before.train_loss - floor), _LEAST_JUMP):
            losses = f"from {number(before.train_loss)} to {number(after.train_loss)}"
            divisor = 10.0 if after.train_loss > GUESSING else 3.0
            return f"the training loss jumped {losses} in epoch {after.epoch}", before.epoch, divisor
    return _NOTHING


def _swings(evidence: Evidence) -> Sign:
    """The validation loss went up by much and down again, at least twice."""
    judged = [each for each in evidence.run.epochs if each.validation_loss is not None]
    peaks = [
        middle
        for before, middle, after in zip(judged, judged[1:], judged[2:], strict=False)
        if before.epoch != evidence.run.parent_epoch
        and _validation(middle) > (1 + _SWING) * _validation(before)
        and _validation(middle) > (1 + _SWING) * _validation(after)
    ]
    if len(peaks) < 2:
        return _NOTHING
    where = ", ".join(f"{number(_validation(each))} in epoch {each.epoch}" for each in peaks[-3:])
    words = f"the validation loss rose by more than {_SWING:.0%} and fell again {len(peaks)} times ({where})"
    return words, min(judged, key=_validation).epoch, 3.0


def rate_too_low(evidence: Evidence) -> Verdict | None:
    """Next to nothing was learned, nothing is broken, and the rate is a tenth of the usual one or less."""
    run = evidence.run
    if not run.epochs or evidence.reached < _REACHED:
        return None
    share = f"{max(0.0, evidence.progress):.1%} of the way from guessing ({number(GUESSING)}) to the least"
    came = (
        f"after {_epochs(len(run.epochs))} the training loss is {number(evidence.last.train_loss)}, {share} there "
        f"can be ({number(evidence.floor)})"
    )
    low = evidence.rate <= evidence.usual_rate / 10
    if not low or evidence.progress >= _LEARNED or evidence.dead_layers or _never_recovered(evidence)[0]:
        words = f"{came[0].upper()}{came[1:]}, at a rate of {evidence.rate:g}."
        return Verdict("Learning rate too low", False, words)
    usual = f"this optimizer usually has {evidence.usual_rate:g}"
    sentence = f"The learning rate of {evidence.rate:g} is too low: {came}, and {usual}."
    done, planned = len(run.epochs), run.experiment.training.epochs
    changes = {**_rate(evidence.usual_rate), "training.epochs": min(1000, done + max(planned, 2))}
    remedy = Remedy(f"Raise the rate to {evidence.usual_rate:g}", changes, done)
    return Verdict("Learning rate too low", True, sentence, (remedy,))


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count != 1)}"


# ------------------------------------------------------------------------------------ epochs, capacity


def too_few_epochs(evidence: Evidence) -> Verdict | None:
    """The loss still fell by much in the last epoch, at a rate that had not been taken back."""
    run, last = evidence.run, evidence.last if evidence.run.epochs else None
    if last is None or len(run.epochs) < 2 or evidence.trained < run.experiment.training.epochs:
        return None
    if last.learning_rate < evidence.rate / 2:
        words = f"The rate had come down to {last.learning_rate:.2g} by the end, as planned."
        return Verdict("Too few epochs", False, words)
    sign = _still_falling(evidence)
    rates = (rate_too_high(evidence), rate_too_low(evidence))
    if sign is None or any(verdict.fault for verdict in rates if verdict is not None):
        return Verdict("Too few epochs", False, f"In epoch {last.epoch}, the last, no loss fell by much.")
    more = min(1000, max(run.experiment.training.epochs, round(1.5 * last.epoch), last.epoch + 2))
    remedy = Remedy(f"Train on to epoch {more}", {"training.epochs": more}, last.epoch)
    return Verdict("Too few epochs", True, f"Too few epochs: in epoch {last.epoch}, the last, {sign}.", (remedy,))


def _still_falling(evidence: Evidence) -> str | None:
    """Which loss still fell by much in the last epoch; None where neither did, or where it was overfitting."""
    before, last = evidence.run.epochs[-2:]
    fell = before.train_loss - last.train_loss
    left = before.train_loss - evidence.floor  # of it to fall: with label smoothing less than all
    by_much = fell > 0 and fell >= _STILL_TRAINING * left
    training = f"the training loss still fell by {fell / before.train_loss:.1%}" if by_much else None
    if before.validation_loss is None or last.validation_loss is None:
        return training
    lowest = min(each.validation_loss for each in evidence.run.epochs if each.validation_loss is not None)
    validation = 1 - last.validation_loss / before.validation_loss if before.validation_loss else 0.0
    if last.validation_loss > (1 + _SWING) * lowest:
        return None
    if validation >= _STILL and last.validation_loss == lowest:
        return f"the validation loss still fell by {validation:.1%}"
    return training


def underfitting(evidence: Evidence) -> Verdict | None:
    """The network cannot even tell the images apart that it learned from, and nothing else explains it."""
    if len(evidence.run.epochs) < 2 or evidence.dead_layers:
        return None
    others = (rate_too_high, rate_too_low, too_few_epochs)
    if any(verdict.fault for verdict in (rule(evidence) for rule in others) if verdict is not None):
        return None
    last = evidence.last
    reached = f"the training accuracy is {last.train_accuracy:.1%} after {_epochs(last.epoch)}"
    if last.train_accuracy >= _LOW or (last.validation_accuracy or 0.0) >= _LOW:
        return Verdict("Underfitting", False, f"{reached[0].upper()}{reached[1:]}.")
    before = evidence.run.epochs[-2].train_loss
    moved = before - last.train_loss
    if moved > _STILL * (before - evidence.floor):
        return None
    sentence = f"Underfitting: {reached}, and the training loss changed by only {-moved:+.3f} in the last."
    wider = wider_layers(evidence.run.experiment.architecture)
    return Verdict("Underfitting", True, sentence, (Remedy("Twice as wide", wider),))


def wider_layers(architecture: Architecture) -> dict[str, Any]:
    """Twice the channels and units everywhere; a hidden layer where there is none of either."""
    if not architecture.layers and not architecture.hidden:
        return {"architecture.hidden": [{"units": 128}]}
    conv = {
        f"architecture.layers.{place}.channels": min(4096, 2 * layer.channels)
        for place, layer in enumerate(architecture.layers)
        if isinstance(layer, ConvLayer)
    }
    dense = {
        f"architecture.hidden.{place}.units": min(65_536, 2 * layer.units)
        for place, layer in enumerate(architecture.hidden)
    }
    return conv | dense
