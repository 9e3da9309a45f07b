"""How each setting is called on the screen, and what it means. One entry serves every form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from playground.experiment.architecture import Architecture, ConvLayer, DenseLayer, ResidualBlock
from playground.experiment.base import Frozen
from playground.experiment.experiment import DataChoice
from playground.experiment.training import (
    SGD,
    Adam,
    AdamW,
    Augmentation,
    Cosine,
    MomentumSGD,
    Muon,
    Nesterov,
    OneCycle,
    RMSprop,
    Steps,
    Training,
)


@dataclass(frozen=True)
class Field:
    """The label of a setting and a sentence or two about it; `step` is that of a number's arrows."""

    label: str
    help: str
    step: float | None = None


_KERNEL = Field(
    "Kernel",
    "Side of the window in pixels: each output value sees only this local receptive field, and the same "
    "weights are shared by all positions.",
)
_BATCH_NORM = Field(
    "Batch norm",
    "Brings each channel of a batch to mean 0 and spread 1, then scales and shifts it by two trained numbers. "
    "Makes training faster and less sensitive to the rate.",
)
_ACTIVATION = Field(
    "Activation",
    "The bend behind each layer. Without one, all layers together would be a single linear map. "
    "ReLU cuts off negative values.",
)
_DROPOUT = Field(
    "Dropout", "Share of values set to zero at random while training, against learning by heart.", 0.05
)
_RATE = Field(
    "Learning rate",
    "The size of each step. Too large and the loss explodes, too small and nothing happens. "
    "Change it by factors of 3 or 10.",
)
_DECAY = Field("Weight decay", "Pulls every weight a little towards zero in each step.", 0.01)
_MOMENTUM = Field("Momentum", "Share of the last step that is added to this one.", 0.05)
_BETAS = {
    "beta1": Field("Beta 1", "How long Adam remembers the direction of the gradient.", 0.01),
    "beta2": Field("Beta 2", "How long Adam remembers the size of the gradient.", 0.001),
}
_SGD = {"learning_rate": _RATE, "weight_decay": _DECAY}
_FINAL = Field("Ends at", "Share of the full rate that is left at the end.", 0.01)

FIELDS: Mapping[type[Frozen], Mapping[str, Field]] = {
    ConvLayer: {
        "channels": Field("Channels", "How many kernels there are; each one makes a feature map of its own.", 8),
        "kernel": _KERNEL,
        "pool": Field(
            "Pooling",
            "Replaces each little square of a feature map by its maximum or its mean: smaller maps, "
            "less work, and small shifts stop mattering.",
        ),
        "pool_size": Field("Pool size", "Side of that square; the map shrinks by this factor."),
        "pool_first": Field(
            "Pool first",
            "Pool right behind the convolution, so that batch norm and activation have less to do.",
        ),
        "stride": Field("Stride", "Pixels from one position of the kernel to the next; 2 halves the map."),
        "padding": Field(
            "Padding", 'Rows of zeros around the map. "same" keeps its size; 0 shrinks it by kernel - 1.'
        ),
        "bias": Field("Bias", "One trained number added to each map. Batch norm makes it superfluous."),
        "batch_norm": _BATCH_NORM,
        "activation": _ACTIVATION,
        "dropout": _DROPOUT,
    },
    ResidualBlock: {
        "convolutions": Field(
            "Convolutions",
            "How many are skipped by the shortcut: the block adds what they find to its input.",
        ),
        "kernel": _KERNEL,
        "batch_norm": _BATCH_NORM,
        "activation": _ACTIVATION,
        "dropout": _DROPOUT,
    },
    DenseLayer: {
        "units": Field("Units", "Each sees all values of the layer before.", 8),
        "activation": _ACTIVATION,
        "batch_norm": _BATCH_NORM,
        "dropout": _DROPOUT,
    },
    Architecture: {
        "readout": Field(
            "Readout",
            "How maps become a list of numbers: flatten keeps every pixel, average and maximum keep one number a "
            "map.",
        ),
        "input_batch_norm": Field("Batch norm on the input", "Normalise the pixels of each batch first."),
        "output_bias": Field("Bias of the output", "One trained number for each class."),
    },
    SGD: _SGD,
    MomentumSGD: {**_SGD, "momentum": _MOMENTUM},
    Nesterov: {**_SGD, "momentum": _MOMENTUM},
    Adam: {**_SGD, **_BETAS},
    AdamW: {**_SGD, **_BETAS},
    RMSprop: {
        **_SGD,
        "smoothing": Field("Smoothing", "How long the size of the gradient is remembered.", 0.01),
        "momentum": _MOMENTUM,
    },
    Muon: {**_SGD, "momentum": _MOMENTUM},
    Steps: {
        "milestones": Field("After epochs", "Where the rate is lowered, for instance 5, 8."),
        "factor": Field("Factor", "What the rate is multiplied by there.", 0.1),
        "restart_optimizer": Field("Restart optimizer", "Forget momentum and statistics at each milestone."),
    },
    Cosine: {"final": _FINAL},
    OneCycle: {
        "rise": Field("Rise", "Share of the run in which the rate goes up.", 0.05),
        "start": Field("Starts at", "Share of the full rate at the first batch.", 0.01),
        "final": _FINAL,
    },
    Training: {
        "optimizer": Field("Optimizer", "The rule that turns gradients into steps."),
        "schedule": Field(
            "Schedule",
            "How the rate changes during the run. One-cycle goes up and down once and needs few epochs; "
            "the end of the schedule makes the accuracy.",
        ),
        "epochs": Field("Epochs", "How often every training image is seen."),
        "batch_size": Field("Batch size", "Images per step.", 32),
        "shuffle": Field("Shuffle", "A new order of the images in every epoch."),
        "label_smoothing": Field(
            "Label smoothing", "Share of each label spread over all classes, against overconfidence.", 0.05
        ),
        "seed": Field("Seed", "Same seed, same machine: the same weights to the last bit."),
        "device": Field("Device", "auto takes a GPU if there is one."),
        "precision": Field(
            "Precision",
            "auto takes bfloat16 where the processor multiplies it faster; weights stay in float32, "
            "and evaluation always is.",
        ),
    },
    Augmentation: {
        "mirror": Field("Mirror", "Half of the images are flipped left to right, differently in every epoch."),
        "shift": Field("Shift", "Each image is moved by up to so many pixels."),
        "rotate": Field("Rotate", "Each image is turned by up to so many degrees either way.", 5.0),
        "zoom": Field(
            "Zoom", "Each image is stretched or shrunk by up to this share, height and width apart.", 0.05
        ),
        "tone": Field("Tone", "Shades to a power of up to 1 + this or its inverse: more or less contrast.", 0.1),
        "thicken": Field("Thicken", "Each image up to so much of a pixel wider or narrower on every side.", 0.1),
        "invert": Field("Invert", "Share of the images in which the garment's light and dark parts change.", 0.05),
        "sketch": Field("Sketch", "Share of the images redrawn in two shades, as an icon.", 0.05),
        "drawn": Field(
            "Drawn", "Share of the images replaced by drawn garments of the same class, made up at random.", 0.05
        ),
        "erase": Field("Erase", "Share of the images in which a random rectangle becomes noise.", 0.05),
    },
    DataChoice: {
        "validation": Field(
            "Validation",
            "held-out: a twelfth of the training images, or another fold of them, guides, the test images judge "
            "once. none: train on all. "
            "test: as many articles do, picking and judging on the same images.",
        ),
        "folds": Field("Folds", "Into how many equal parts the images are cut, one of which is held out."),
        "fold": Field("Fold", "Which of the parts is held out."),
        "scaling": Field(
            "Scaling", "unit: 0 to 1. standard: mean 0, spread 1. raw: 0 to 255, as it comes from the file."
        ),
        "fraction": Field("Fraction", "Share of the training images that is used.", 0.05),
        "test_time_mirror": Field(
            "Mirror average",
            "Each image is judged twice, as it is and mirrored, and the scores are averaged. It is said wherever "
            "an accuracy of this run is shown.",
        ),
        "test_time_shift": Field(
            "Shift average",
            "Each image is judged as it is and shifted by a pixel, up left and down right; the shifted ones count "
            "half. It is said wherever an accuracy of this run is shown.",
        ),
    },
}


def choices(model: type[Frozen], name: str) -> tuple[str, ...]:
    """The words a choice field takes, in the order of its model."""
    return tuple(str(choice) for choice in get_args(model.model_fields[name].annotation))


_LABELS = {name: field.label for fields in FIELDS.values() for name, field in fields.items()}
_PATH = re.compile(r"\b(?:architecture|training|data)(?:\.\w+)+")


def in_screen_words(sentence: str) -> str:
    """A complaint with the names that stand on the screen: "training.batch_size" becomes "Batch size"."""
    return _PATH.sub(lambda found: _on_screen(found.group().split(".")), sentence)


def _on_screen(path: list[str]) -> str:
    places = {"layers": "Layer", "hidden": "Dense layer"}
    where = [f"{places[a]} {int(b) + 1}" for a, b in pairwise(path) if a in places and b.isdigit()]
    label = _LABELS.get(path[-1]) or next((_LABELS[part] for part in reversed(path) if part in _LABELS), "")
    return ", ".join([*where, label] if label else where) or ".".join(path)
