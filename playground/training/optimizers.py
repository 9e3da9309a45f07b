"""From an optimizer's settings to PyTorch's optimizer, and what it remembers as tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from playground.experiment.optimizers import Optimizer


def build_optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """PyTorch's optimizer, with its fused kernels where they exist (CPU and CUDA)."""
    trained = list(parameters)
    fused = trained[0].device.type in ("cpu", "cuda")
    return settings.build(trained, fused)


def tensors_of(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers, on the CPU, by names such as "0.3.exp_avg": of its fourth parameter."""
    return {
        f"{part}.{position}.{name}": value.detach().cpu().clone()
        for part, each in enumerate(_parts(optimizer))
        for position, parameter in enumerate(_parameters(each))
        for name, value in each.state.get(parameter, {}).items()
        if isinstance(value, Tensor)
    }


def load_tensors(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Let an optimizer remember what `tensors_of` gave for one of its kind and the same parameters."""
    parts = _parts(optimizer)
    for path, value in tensors.items():
        part, position, name = path.split(".", 2)
        owner = parts[int(part)]
        parameter = _parameters(owner)[int(position)]
        owner.state[parameter][name] = _laid_out(value, parameter, owner.defaults.get("fused"))


def _parts(optimizer: torch.optim.Optimizer) -> tuple[torch.optim.Optimizer, ...]:
    """An optimizer, and behind it those that it leaves some parameters to, as Muon does."""
    others = [each for each in vars(optimizer).values() if isinstance(each, torch.optim.Optimizer)]
    return (optimizer, *others)


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _laid_out(value: Tensor, parameter: nn.Parameter, fused: bool | None) -> Tensor:
    """In memory as the optimizer itself would have it; only fused kernels count their steps on the device."""
    if value.shape == parameter.shape:
        return torch.empty_like(parameter, dtype=value.dtype, requires_grad=False).copy_(value)
    return value.to(parameter.device if fused else "cpu", copy=True)
