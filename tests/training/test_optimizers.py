"""From settings to PyTorch's optimizers."""

from typing import Any

import pytest
import torch

from playground.experiment.experiment import Experiment
from playground.experiment.muon import Muon
from playground.experiment.optimizers import OPTIMIZERS
from playground.training.optimizers import build_optimizer

COMMON = {"learning_rate": 0.123, "weight_decay": 0.045}
EXPECTED: dict[str, tuple[type, dict[str, Any], dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {}, {"momentum": 0, "nesterov": False}),
    "momentum": (torch.optim.SGD, {"momentum": 0.7}, {"momentum": 0.7, "nesterov": False}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.7}, {"momentum": 0.7, "nesterov": True}),
    "adam": (torch.optim.Adam, {"beta1": 0.8, "beta2": 0.95}, {"betas": (0.8, 0.95)}),
    "adamw": (torch.optim.AdamW, {"beta1": 0.8, "beta2": 0.95}, {"betas": (0.8, 0.95)}),
    "muon": (Muon, {"momentum": 0.7}, {"momentum": 0.7}),
    "rmsprop": (torch.optim.RMSprop, {"smoothing": 0.9, "momentum": 0.3}, {"alpha": 0.9, "momentum": 0.3}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_becomes_its_class_with_its_settings(name: str) -> None:
    kind, fields, expected = EXPECTED[name]
    document = {"training": {"optimizer": {"name": name, **COMMON, **fields}}}
    optimizer = build_optimizer(Experiment.parse(document).training.optimizer, [torch.nn.Parameter(torch.ones(2))])
    group = optimizer.param_groups[0]
    assert type(optimizer) is kind
    assert {key: group[key] for key in expected} == expected
    assert (group["lr"], group["weight_decay"]) == (0.123, 0.045)


@pytest.mark.parametrize("name", OPTIMIZERS.tags)
def test_each_makes_a_square_smaller(name: str) -> None:
    weight = torch.nn.Parameter(torch.full((2,), 3.0))
    settings = Experiment.parse(
        {"training": {"optimizer": {"name": name, "learning_rate": 0.05}}}
    ).training.optimizer
    optimizer = build_optimizer(settings, [weight])
    for _ in range(20):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
    assert float(weight.detach().abs().max()) < 2.9
