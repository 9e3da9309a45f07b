"""Muon: momentum whose step has all its directions equally long.

Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; its steps are scaled as in Liu et
al. 2025, "Muon is Scalable for LLM Training", so that one rate and one weight decay serve both it and AdamW, which
trains what is no matrix between two layers: biases, batch norm and the output layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of a polynomial that drives singular values to about 1
_ROUNDS = 5
_STEP = 0.2  # root mean square of a step over the rate, which is AdamW's usual one


def orthogonalised(matrix: Tensor) -> Tensor:
    """A matrix with the same singular vectors, and singular values of about 1 (0.7 to 1.2): Newton-Schulz.

    float32 [m, n] -> the same; of zeros come zeros. Each round multiplies by a polynomial of W W^T from the left;
    these commute, so all rounds are done on the small square matrices, and the wide one is multiplied once.
    """
    a, b, c = _COEFFICIENTS
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    wide = wide / (wide.norm() + 1e-7)
    square = wide @ wide.T
    product = torch.eye(len(wide), dtype=wide.dtype, device=wide.device)
    for _ in range(_ROUNDS):
        factor = torch.addmm(square, square, square, beta=b, alpha=c)
        factor.diagonal().add_(a)
        product = factor @ product
        square = factor @ square @ factor
    turned: Tensor = product @ wide
    return turned.T if matrix.shape[0] > matrix.shape[1] else turned


class Muon(torch.optim.Optimizer):
    """Muon for the weights of convolutions and hidden dense layers; everything else is left to an AdamW.

    Args:
        parameters: Those of a network in their order. All weights [out, in, ...] but the last, which is the output
            layer's, are taken as matrices [out, in * ...].
        lr: Learning rate of both.
        momentum: Share of the last step's direction that is kept; Nesterov's form.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float,
        weight_decay: float,
        fused: bool = False,
    ) -> None:
        every = list(parameters)
        weights = [each for each in every if each.dim() > 1]
        others = [*weights[-1:], *(each for each in every if each.dim() <= 1)]
        groups: list[dict[str, Any]] = [{"params": weights[:-1]}, {"params": others}]
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.rest = torch.optim.AdamW(
            self.param_groups[1]["params"], lr=lr, weight_decay=weight_decay, fused=fused
        )

    def state_dict(self) -> dict[str, Any]:
        """The state of both."""
        return {"matrices": super().state_dict(), "others": self.rest.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        super().load_state_dict(state_dict["matrices"])
        self.rest.load_state_dict(state_dict["others"])

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take one step along the gradients that are there."""
        assert closure is None
        self.rest.param_groups[0]["lr"] = self.param_groups[1]["lr"]
        self.rest.step()
        group = self.param_groups[0]
        for weight in group["params"]:
            if weight.grad is not None:
                self._step(weight, weight.grad, group)

    def _step(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["direction"] = torch.zeros_like(gradient)
        direction = state["direction"].mul_(group["momentum"]).add_(gradient)
        ahead = gradient.add(direction, alpha=group["momentum"])
        rows = weight.shape[0]
        turned = orthogonalised(ahead.reshape(rows, -1))
        length = _STEP * max(turned.shape) ** 0.5
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.add_(turned.reshape(weight.shape), alpha=-group["lr"] * length)
