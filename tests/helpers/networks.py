"""Networks of several kinds, built and ready to be asked."""

from functools import cache

import torch
from small import SHAKEN, TINY, random_architecture

from playground.errors import ArchitectureError
from playground.experiment.architecture import Architecture
from playground.experiment.presets import PRESETS
from playground.interpret.top_activations import TopImages
from playground.network.build import build_network
from playground.network.plan import plan

LOGISTIC = TINY.changed({"architecture.layers": []})


MLP = TINY.changed({"architecture.layers": [], "architecture.hidden": [{"units": 12}, {"units": 6}]})


EXPERIMENTS = {
    "tiny": TINY,
    "shaken": SHAKEN,
    "logistic": LOGISTIC,
    "mlp": MLP,
    "quick": PRESETS["quick"].experiment,
    "accurate": PRESETS["accurate"].experiment,
}


def network_of(architecture: Architecture) -> torch.nn.Sequential:
    """With statistics of batch norm that are not 0 and 1."""
    network = build_network(architecture, torch.Generator().manual_seed(1), torch.Generator().manual_seed(2))
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(3)))
    return network.eval()


@cache
def fitting(count: int) -> list[Architecture]:
    found = []
    for seed in range(200):
        architecture = random_architecture(seed)
        try:
            plan(architecture)
        except ArchitectureError:
            continue
        found.append(architecture)
        if len(found) == count:
            return found
    raise AssertionError


def finished(work) -> TopImages:
    while True:
        try:
            assert 0 < next(work) <= 1
        except StopIteration as end:
            return end.value
