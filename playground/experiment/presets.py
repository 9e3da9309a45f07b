"""The published systems this playground reproduces, and recipes of our own.

Each preset is an ordinary experiment. The published ones keep their articles' layers, optimizer, schedule and
batch, and train in float32; their data choice is the honest one (a held-out split guides, the test images
judge once). With `data.validation` set to "test" they run as their articles did, on all 60,000 images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from playground.experiment.architecture import Architecture
from playground.experiment.augmentation import Augmentation
from playground.experiment.experiment import DataChoice, Experiment
from playground.experiment.layers import ConvLayer, DenseLayer, Layer, ResidualBlock
from playground.experiment.optimizers import SGD, Adam, AdamW, Muon
from playground.experiment.schedules import OneCycle, Steps
from playground.experiment.training import Training


@dataclass(frozen=True)
class Preset:
    """An experiment with a name and where it comes from.

    Attributes:
        name: Short and fixed, used on the command line and in links.
        title: What it is, in a few words.
        experiment: What is trained.
        reported_accuracy: Fraction of the 10,000 test images as published; None where nothing was.
        article: What the article is about and what it left open; None for our own.
    """

    name: str
    title: str
    experiment: Experiment
    reported_accuracy: float | None = None
    article: str | None = None


_FLOAT32 = Training(precision="float32")
_SERIES = (
    "A series from an MLP to wide LeNets. Its training settings are not given: these are ours. "
    "The kind of pooling and the dense layers' activations are inferred."
)
_SERIES_TRAINING = Training(optimizer=Adam(learning_rate=0.001), epochs=12, batch_size=128, precision="float32")


def _conv(channels: int, kernel: int, *, pool: bool = True, **settings: Any) -> ConvLayer:
    """A convolution without padding and with 2x2 max-pooling behind it: what most of the articles use."""
    settings = {"padding": 0, "pool": "max" if pool else "none", **settings}
    return ConvLayer(channels=channels, kernel=kernel, **settings)


def _slim(channels: int, **settings: Any) -> ConvLayer:
    """A 3x3 convolution with batch norm, which makes its bias superfluous."""
    return ConvLayer(channels=channels, bias=False, batch_norm=True, **settings)


def _dense(*units: int, **settings: Any) -> tuple[DenseLayer, ...]:
    return tuple(DenseLayer(units=count, **settings) for count in units)


def _lenet(title: str, *layers: Layer, reported: float, **dense: Any) -> tuple[str, Experiment, float, str]:
    architecture = Architecture(layers=layers, hidden=_dense(120, 84, **dense))
    return title, Experiment(architecture=architecture, training=_SERIES_TRAINING), reported, _SERIES


_BN = {"batch_norm": True}
_POOL = {"pool": "max", "pool_first": True}
_SKIP = ResidualBlock(convolutions=1)
_WIDE = Architecture(layers=(_slim(32, **_POOL), _slim(64, **_POOL), _SKIP, _slim(112, **_POOL), _SKIP))
_BY_MUON = Training(
    optimizer=Muon(learning_rate=0.014, weight_decay=0.05),
    schedule=OneCycle(),
    epochs=8,
    batch_size=256,
    label_smoothing=0.1,
)

_PRESETS: dict[str, tuple[Any, ...]] = {
    "quick": (
        "Our quick start: four slim convolutions, one-cycle",
        Experiment(
            architecture=Architecture(layers=(_slim(16, **_POOL), _slim(32, **_POOL), _SKIP, _slim(64, **_POOL))),
            training=Training(
                optimizer=AdamW(learning_rate=0.016, weight_decay=0.05),
                schedule=OneCycle(),
                epochs=4,
                batch_size=256,
                label_smoothing=0.1,
            ),
        ),
    ),
    "accurate": (
        "Our most accurate: residual blocks, Muon, mirrored and shifted images",
        Experiment(
            architecture=_WIDE,
            training=_BY_MUON.model_copy(update={"augmentation": Augmentation(mirror=True, shift=1)}),
            data=DataChoice(validation="none", test_time_mirror=True, test_time_shift=True),
        ),
    ),
    "robust": (
        "Our choice for pictures from elsewhere: turned, zoomed, thickened, sketched images, and drawn garments",
        Experiment(
            architecture=_WIDE,
            training=_BY_MUON.model_copy(
                update={
                    "epochs": 20,
                    "augmentation": Augmentation(
                        mirror=True, shift=1, rotate=8, zoom=0.06, tone=0.3, thicken=0.2, sketch=0.05, drawn=0.25
                    ),
                }
            ),
            data=DataChoice(test_time_mirror=True, test_time_shift=True),
        ),
    ),
    "two-conv-three-fc": (
        "Two convolutions, three dense layers",
        Experiment(
            architecture=Architecture(layers=(_conv(6, 5), _conv(12, 5)), hidden=_dense(120, 60, 40)),
            training=_FLOAT32.model_copy(
                update={
                    "optimizer": SGD(learning_rate=0.005),
                    "batch_size": 20,
                    "shuffle": False,
                    "epochs": 15,
                }
            ),
        ),
        0.8604,
        "Means to lower the rate to 0.0005 after epoch 11, but sets an attribute that SGD ignores: "
        "the rate stays at 0.005, here too.",
    ),
    "two-conv-same": (
        "Two padded convolutions, straight to the classes",
        Experiment(
            architecture=Architecture(layers=(_conv(16, 5, padding=2), _conv(32, 5, padding=2))),
            training=_FLOAT32.model_copy(
                update={"optimizer": SGD(learning_rate=0.1), "batch_size": 100, "shuffle": False, "epochs": 6}
            ),
        ),
        None,
        'Says "almost 90 %". Rate, batch and order are taken from the notebook it links to.',
    ),
    "input-batch-norm": (
        "Batch norm on the input",
        Experiment(
            architecture=Architecture(
                input_batch_norm=True,
                layers=(_conv(8, 3), _conv(16, 3)),
                hidden=_dense(128),
                output_bias=False,
            ),
            training=_FLOAT32.model_copy(
                update={"optimizer": Adam(learning_rate=0.005), "batch_size": 256, "epochs": 9, "seed": 420}
            ),
        ),
        0.9018,
        "Trained with negative log likelihood on log-softmax, which is cross-entropy.",
    ),
    "three-conv-batch-norm": (
        "Three convolutions with batch norm, on raw pixels",
        Experiment(
            architecture=Architecture(
                layers=(
                    _conv(16, 5, padding=2, **_BN),
                    _conv(32, 3, pool=False, **_BN),
                    _conv(64, 3, **_BN),
                )
            ),
            training=_FLOAT32.model_copy(
                update={
                    "optimizer": Adam(learning_rate=0.01),
                    "schedule": Steps(milestones=(50,), factor=0.1, restart_optimizer=True),
                    "batch_size": 256,
                    "epochs": 70,
                }
            ),
            data=DataChoice(scaling="raw"),
        ),
        0.9189,
        "90.78 % after 50 epochs; then a new Adam at a tenth of the rate, 91.89 % after 70. "
        "T-shirt/top, Pullover and Shirt stay under 90 %, Shirt at 75 %.",
    ),
    "mlp-baseline": (
        "Two dense layers, no convolution",
        Experiment(architecture=Architecture(hidden=_dense(256, 128)), training=_SERIES_TRAINING),
        0.745,
        _SERIES,
    ),
    "lenet-tanh": _lenet(
        "LeNet with tanh",
        _conv(6, 5, activation="tanh"),
        _conv(16, 5, activation="tanh"),
        reported=0.872,
        activation="tanh",
    ),
    "lenet-relu": _lenet("LeNet with ReLU", _conv(6, 5), _conv(16, 5), reported=0.8824),
    "lenet-batch-norm": _lenet("LeNet with batch norm", _conv(6, 5, **_BN), _conv(16, 5, **_BN), reported=0.896),
    "lenet-wide": _lenet("Wide LeNet", _conv(16, 5, **_BN), _conv(32, 5, **_BN), reported=0.913),
    "lenet-wide-k3": _lenet(
        "Wide LeNet, second kernel 3x3", _conv(16, 5, **_BN), _conv(32, 3, **_BN), reported=0.914
    ),
    "lenet-wide-k3-k3": _lenet(
        "Wide LeNet, both kernels 3x3",
        _conv(16, 3, padding=1, **_BN),
        _conv(32, 3, **_BN),
        reported=0.925,
    ),
    "lenet-32-64": _lenet(
        "LeNet 32-64 with 3x3 kernels",
        _conv(32, 3, padding=1, **_BN),
        _conv(64, 3, **_BN),
        reported=0.94,
    ),
}

PRESETS: Mapping[str, Preset] = MappingProxyType({name: Preset(name, *rest) for name, rest in _PRESETS.items()})
"""All presets by name, our own first."""

DEFAULT_PRESET = "quick"


def name_for(experiment: Experiment) -> str:
    """A name for a run: its preset's, the preset's with "changed", or the layers in words."""
    alike = [each for each in PRESETS.values() if each.experiment.architecture == experiment.architecture]
    exactly = (each.name for each in alike if _same_but_seed(each.experiment, experiment))
    if alike:
        return next(exactly, f"{alike[0].name}, changed")
    convolutions, dense = len(experiment.architecture.layers), len(experiment.architecture.hidden)
    return f"{convolutions} conv, {dense} dense"


def _same_but_seed(one: Experiment, other: Experiment) -> bool:
    return one.changed({"training.seed": other.training.seed}) == other
