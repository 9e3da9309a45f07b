"""Small experiments that train in a moment, and architectures drawn at random."""

import random
from typing import Any

from playground.experiment.architecture import Architecture
from playground.experiment.experiment import Experiment
from playground.experiment.layers import LAYERS
from playground.experiment.modules import ACTIVATIONS, POOLS
from playground.network.build import READOUTS

TINY = Experiment.parse(
    {
        "architecture": {
            "layers": [{"kind": "conv", "channels": 4, "kernel": 5, "stride": 3, "padding": 0, "pool": "max"}]
        },
        "training": {
            "optimizer": {"name": "sgd", "learning_rate": 0.1},
            "epochs": 2,
            "batch_size": 32,
            "device": "cpu",
            "precision": "float32",
        },
        "data": {"fraction": 0.05},
    }
)

SHAKEN = TINY.changed(
    {
        "data.fraction": 1.0,
        "architecture.layers.0.dropout": 0.2,
        "architecture.layers.0.batch_norm": True,
        "architecture.hidden": [{"units": 8, "dropout": 0.5}],
        "training.augmentation": {"mirror": True, "shift": 2, "erase": 0.5},
    }
)
"""Uses every source of randomness: weights, order, augmentation, dropout."""


def tiny(**changes: Any) -> Experiment:
    """TINY with some training settings, such as epochs=3."""
    return TINY.changed({f"training.{name}": value for name, value in changes.items()})


def random_architecture(seed: int) -> Architecture:
    """An architecture that is well formed; its layers may still not fit together."""
    draw = random.Random(seed)
    layers = [_random_layer(draw) for _ in range(draw.randint(0, 4))]
    hidden = [
        {"units": draw.randint(1, 40), "batch_norm": draw.random() < 0.5, **_behind(draw)}
        for _ in range(draw.randint(0, 2))
    ]
    document = {
        "input_batch_norm": draw.random() < 0.3,
        "layers": layers,
        "readout": draw.choice(list(READOUTS)) if layers else "flatten",
        "hidden": hidden,
        "output_bias": draw.random() < 0.7,
    }
    return Experiment.parse({"architecture": document}).architecture


def _behind(draw: random.Random) -> dict[str, Any]:
    return {"activation": draw.choice(list(ACTIVATIONS)), "dropout": draw.choice([0.0, 0.25])}


def _random_layer(draw: random.Random) -> dict[str, Any]:
    batch_norm = draw.random() < 0.5
    kind = draw.choice(LAYERS.tags)
    if kind not in ("conv", "residual"):
        return {"kind": kind}
    if kind == "residual":
        branch = {"convolutions": draw.randint(1, 3), "kernel": draw.choice([1, 3, 5])}
        return {"kind": "residual", "batch_norm": batch_norm, **branch, **_behind(draw)}
    stride = draw.choice([1, 1, 1, 2, 3])
    return {
        "kind": "conv",
        "channels": draw.randint(1, 12),
        "kernel": draw.randint(1, 7),
        "stride": stride,
        "padding": "same" if stride == 1 and draw.random() < 0.4 else draw.randint(0, 4),
        "bias": draw.random() < 0.5,
        "batch_norm": batch_norm,
        "pool": draw.choice(list(POOLS)),
        "pool_size": draw.randint(2, 3),
        "pool_first": draw.random() < 0.5,
        **_behind(draw),
    }
