"""The alternatives behind each tagged field, by the field's name; `kind` is that of a layer.

One registry each serves validation, forms, changes of an experiment and the sentences about its faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.experiment.layers import LAYERS
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.registry import Registry
from playground.experiment.schedules import SCHEDULES

VARIANTS: Mapping[str, Registry[Any]] = {"kind": LAYERS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
