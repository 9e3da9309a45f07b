"""Optimizer, schedule and augmentation of a generated script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from playground.experiment.augmentation import Augmentation
from playground.experiment.training import Training
from playground.export.source import Source
from playground.training.augment import all_garments


def optimizer(training: Training, source: Source) -> str:
    """A function that makes its optimizer."""
    settings = training.optimizer
    made = settings.algorithm()
    name = made.__name__
    is_pytorchs = getattr(torch.optim, name, None) is made
    called = f"torch.optim.{name}" if is_pytorchs else source.take(made)
    arguments = _arguments(settings.arguments())
    return f"\n\ndef optimizer(model):\n    return {called}(model.parameters(){arguments})\n"


def schedule(training: Training, source: Source) -> str:
    """A function of the learning rate over the epochs."""
    settings = training.schedule
    curve = source.take(type(settings).curve)
    words = '"""The share of the full learning rate after so many epochs, with fractions."""'
    called = f"{curve}(epoch, EPOCHS{_arguments(settings.arguments())})"
    return f"\n\ndef share_of_rate(epoch):\n    {words}\n    return {called}\n"


def augmentation(choice: Augmentation, source: Source) -> str:
    """A function that changes a batch of images at random; nothing where nothing is to change."""
    lines = []
    for change, setting in choice.changes():
        called, more = source.take(change.function), ""
        if change.of_classes:
            more = f", labels=labels, garments={source.take(all_garments)}().to(images.device)"
        lines.append(f"    images = {called}(images, {setting!r}{more})")
    if not lines:
        return ""
    words = '"""Random changes to uint8 [n, 28, 28], each image its own."""'
    return "\n".join(["\n\ndef augment(images, labels):", f"    {words}", *lines, "    return images\n"])


def _arguments(given: Mapping[str, Any]) -> str:
    return "".join(f", {name}={value!r}" for name, value in given.items())
