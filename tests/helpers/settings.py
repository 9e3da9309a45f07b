"""Every setting with another value than its usual one."""

from typing import Any, get_args

from playground.experiment.architecture import Readout
from playground.experiment.augmentation import Augmentation
from playground.experiment.experiment import Experiment
from playground.experiment.layers import LAYERS, Activation, Pool
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.schedules import SCHEDULES
from playground.experiment.variants import VARIANTS

BASE = Experiment.parse(
    {
        "architecture": {
            "layers": [{"kind": "conv"}, {"kind": "residual"}],
            "hidden": [{"units": 12}],
        }
    }
)


OTHERS: dict[str, tuple[Any, ...]] = {
    "architecture.input_batch_norm": (True,),
    "architecture.layers": ([],),
    "architecture.layers.0.channels": (1, 7),
    "architecture.layers.0.kernel": (1, 2, 28),
    "architecture.layers.0.stride": (2,),
    "architecture.layers.0.padding": (0, 14, "same"),
    "architecture.layers.0.bias": (False,),
    "architecture.layers.0.batch_norm": (True,),
    "architecture.layers.0.activation": get_args(Activation),
    "architecture.layers.0.pool": get_args(Pool),
    "architecture.layers.0.pool_size": (2, 14),
    "architecture.layers.0.pool_first": (True,),
    "architecture.layers.0.dropout": (0, 0.5),
    "architecture.layers.0.kind": LAYERS.tags,
    "architecture.layers.1.convolutions": (1, 4),
    "architecture.layers.1.kernel": (1, 5),
    "architecture.layers.1.batch_norm": (False,),
    "architecture.readout": get_args(Readout),
    "architecture.hidden": ([], [{}, {}]),
    "architecture.hidden.0.units": (1, 65_536),
    "architecture.hidden.0.activation": get_args(Activation),
    "architecture.output_bias": (False,),
    "training.optimizer.name": OPTIMIZERS.tags,
    "training.optimizer.learning_rate": (1, 1e-9, 1e6),
    "training.optimizer.weight_decay": (0.1,),
    "training.optimizer.beta1": (0,),
    "training.optimizer.beta2": (0.9,),
    "training.schedule.name": SCHEDULES.tags,
    "training.schedule": (
        {"name": "steps", "milestones": [1, 3], "factor": 0.5, "restart_optimizer": True},
        {"name": "cosine", "final": 0.1},
        {"name": "one-cycle", "rise": 0.1, "start": 1, "final": 0.5},
    ),
    "training.optimizer": (
        {"name": "momentum", "momentum": 0.5},
        {"name": "rmsprop", "smoothing": 0.5, "momentum": 0.1},
    ),
    "training.epochs": (1, 1000),
    "training.batch_size": (1, 8192),
    "training.shuffle": (False,),
    "training.label_smoothing": (0.1,),
    "training.augmentation.mirror": (True,),
    "training.augmentation.shift": (8,),
    "training.augmentation.rotate": (30,),
    "training.augmentation.zoom": (0.5,),
    "training.augmentation.tone": (1,),
    "training.augmentation.thicken": (1,),
    "training.augmentation.invert": (1,),
    "training.augmentation.sketch": (1,),
    "training.augmentation.drawn": (1,),
    "training.augmentation.erase": (1,),
    "training.seed": (2**32 - 1,),
    "training.device": ("cpu", "cuda", "mps"),
    "training.precision": ("float32", "bfloat16"),
    "data.scaling": ("unit", "standard", "raw"),
    "data.validation": ("held-out", "none", "test"),
    "data.folds": (5,),
    "data.fold": (1, 7),
    "data.fraction": (1, 0.001),
    "data.test_time_mirror": (True,),
    "data.test_time_shift": (True,),
}


def _another(value: Any) -> Any:
    """Another value than a usual one, within the range of most settings: for those that are not listed above."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else value / 2 or 0.5


def _unlisted(family: str) -> tuple[dict[str, Any], ...]:
    """The optimizers or schedules with a setting that is not above, each of these with another value."""
    listed = {path.rpartition(".")[2] for path in OTHERS} | {
        key for each in OTHERS[f"training.{family}"] for key in each
    }
    found = []
    for member in VARIANTS[family].members:
        usual = member().model_dump()
        if not set(usual) <= listed:
            found.append({key: value if key == "name" else _another(value) for key, value in usual.items()})
    return tuple(found)


for _name, _field in Augmentation.model_fields.items():
    OTHERS.setdefault(f"training.augmentation.{_name}", (_another(_field.default),))
for _family in ("optimizer", "schedule"):
    OTHERS[f"training.{_family}"] += _unlisted(_family)
