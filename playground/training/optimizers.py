"""From an optimizer's settings to PyTorch's optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from playground.experiment.base import Frozen
from playground.experiment.training import SGD, Adam, AdamW, MomentumSGD, Muon, Nesterov, RMSprop
from playground.training import muon


def _sgd(parameters: list[nn.Parameter], o: Any, fused: bool) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        parameters,
        lr=o.learning_rate,
        weight_decay=o.weight_decay,
        momentum=getattr(o, "momentum", 0.0),
        nesterov=isinstance(o, Nesterov),
        fused=fused,
    )


def _adam(make: type[torch.optim.Adam]) -> Callable[..., torch.optim.Optimizer]:
    def build(parameters: list[nn.Parameter], o: Any, fused: bool) -> torch.optim.Optimizer:
        betas = (o.beta1, o.beta2)
        return make(parameters, lr=o.learning_rate, weight_decay=o.weight_decay, betas=betas, fused=fused)

    return build


def _rmsprop(parameters: list[nn.Parameter], o: Any, _: bool) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(
        parameters, lr=o.learning_rate, weight_decay=o.weight_decay, alpha=o.smoothing, momentum=o.momentum
    )


def _muon(parameters: list[nn.Parameter], o: Any, fused: bool) -> torch.optim.Optimizer:
    matrices = [each for each in parameters if each.dim() > 1]
    hidden, output = matrices[:-1], matrices[-1:]
    rest = [each for each in parameters if each.dim() <= 1]
    return muon.Muon(hidden, [*output, *rest], o.learning_rate, o.momentum, o.weight_decay, fused)


_BUILDERS: Mapping[type[Frozen], Callable[..., torch.optim.Optimizer]] = {
    SGD: _sgd,
    MomentumSGD: _sgd,
    Nesterov: _sgd,
    Adam: _adam(torch.optim.Adam),
    AdamW: _adam(torch.optim.AdamW),
    RMSprop: _rmsprop,
    Muon: _muon,
}


def build_optimizer(settings: Frozen, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """PyTorch's optimizer, with its fused kernels where they exist (CPU and CUDA)."""
    trained = list(parameters)
    fused = trained[0].device.type in ("cpu", "cuda")
    return _BUILDERS[type(settings)](trained, settings, fused)


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
    return (optimizer, optimizer.rest) if isinstance(optimizer, muon.Muon) else (optimizer,)


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _laid_out(value: Tensor, parameter: nn.Parameter, fused: bool | None) -> Tensor:
    """In memory as the optimizer itself would have it; only fused kernels count their steps on the device."""
    if value.shape == parameter.shape:
        return torch.empty_like(parameter, dtype=value.dtype, requires_grad=False).copy_(value)
    return value.to(parameter.device if fused else "cpu", copy=True)
