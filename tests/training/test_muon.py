"""Muon against the decomposition that it approximates, and against AdamW."""

import pytest
import torch
from torch import nn

from playground.experiment.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(5, 9), (9, 5), (64, 288), (1, 7)])
def test_singular_vectors_stay_and_values_become_one(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    turned = orthogonalised(matrix)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    found = left.T @ turned @ right.T  # diagonal if the singular vectors are the same
    assert ((found.diagonal() > 0.6) & (found.diagonal() < 1.25)).all()
    torch.testing.assert_close(found, torch.diag(found.diagonal()), rtol=0, atol=1e-4)
    assert len(values) == min(shape)


def test_of_zeros_come_zeros() -> None:
    assert torch.equal(orthogonalised(torch.zeros(3, 4)), torch.zeros(3, 4))


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3))


def muon(layers: nn.Sequential) -> Muon:
    return Muon(layers.parameters(), lr=0.01, momentum=0.9, weight_decay=0.1)


def train(layers: nn.Sequential, optimizer: torch.optim.Optimizer, steps: int) -> None:
    images = torch.randn(8, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    for _ in range(steps):
        optimizer.zero_grad()
        layers(images).square().mean().backward()
        optimizer.step()


def test_what_is_no_hidden_matrix_is_trained_by_adamw() -> None:
    one, other = network(), network()
    train(one, muon(one), 1)
    train(other, torch.optim.AdamW(other.parameters(), lr=0.01, weight_decay=0.1), 1)
    assert torch.equal(one[3].weight, other[3].weight)
    assert torch.equal(one[0].bias, other[0].bias)
    assert not torch.equal(one[0].weight, other[0].weight)


def test_a_step_is_as_long_as_the_rate_says() -> None:
    layers = network()
    optimizer = muon(layers)
    before = layers[0].weight.detach().clone()
    train(layers, optimizer, 1)
    step = layers[0].weight.detach() - before * (1 - 0.01 * 0.1)
    assert float(step.square().mean().sqrt()) == pytest.approx(0.01 * 0.2, rel=0.2)


def test_it_goes_on_from_its_state() -> None:
    straight, resumed = network(), network()
    train(straight, muon(straight), 4)
    first = muon(resumed)
    train(resumed, first, 2)
    second = muon(resumed)
    second.load_state_dict(first.state_dict())
    train(resumed, second, 2)
    for one, other in zip(straight.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)
