"""What a training needs, besides weights, to go on after an epoch as if nothing had come between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The moving parts of a training after a whole epoch.

    Attributes:
        epoch: Epochs done.
        seconds: Of training.
        full_rate: The schedule's full learning rate, which somebody may have changed by hand.
        smoothed_loss, hopeless_batches: What the watch for divergence remembers.
        optimizer: Its tensors, by names of `optimizers.tensors_of`; empty where it is to begin afresh.
        generators: States of the random generators as uint8 [n], by purpose, before the next epoch draws
            from them; one that is missing begins afresh.
    """

    epoch: int
    seconds: float
    full_rate: float
    smoothed_loss: float
    hopeless_batches: int
    optimizer: Mapping[str, Tensor]
    generators: Mapping[str, Tensor]

    def with_fresh_optimizer(self) -> Checkpoint:
        """The same, but the optimizer has forgotten what it knew."""
        return replace(self, optimizer={})

    def tensors(self) -> dict[str, Tensor]:
        """All of it as tensors, by name; `state_from` reads them."""
        import torch

        numbers = {name: torch.tensor(getattr(self, name), dtype=torch.float64) for name in _NUMBERS}
        return {
            **{_NUMBER + name: value for name, value in numbers.items()},
            **{_OPTIMIZER + name: value for name, value in self.optimizer.items()},
            **{_GENERATOR + name: value for name, value in self.generators.items()},
        }


@dataclass(frozen=True, eq=False)
class Start:
    """Where a training goes on: weights by name, the validation scores they gave, and the rest."""

    weights: Mapping[str, Tensor]
    validation_logits: Tensor | None
    state: Checkpoint


_NUMBERS = ("epoch", "seconds", "full_rate", "smoothed_loss", "hopeless_batches")
_NUMBER, _OPTIMIZER, _GENERATOR = "number:", "optimizer:", "generator:"


def state_from(tensors: Mapping[str, Tensor]) -> Checkpoint:
    """What `Checkpoint.tensors` made.

    Raises:
        KeyError: A number is missing.
    """
    numbers = {name: float(tensors[_NUMBER + name]) for name in _NUMBERS}
    return Checkpoint(
        epoch=int(numbers["epoch"]),
        seconds=numbers["seconds"],
        full_rate=numbers["full_rate"],
        smoothed_loss=numbers["smoothed_loss"],
        hopeless_batches=int(numbers["hopeless_batches"]),
        optimizer=of_kind(tensors, _OPTIMIZER),
        generators=of_kind(tensors, _GENERATOR),
    )


def of_kind(tensors: Mapping[str, Tensor], kind: str) -> dict[str, Tensor]:
    """The tensors whose names begin with a kind, such as "weight:", by the rest of their names."""
    return {name.removeprefix(kind): value for name, value in tensors.items() if name.startswith(kind)}
