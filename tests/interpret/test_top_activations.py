"""The strongest answers, held against a sort of all of them."""

import pytest
import torch
from networks import EXPERIMENTS, finished, network_of

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice, Experiment
from playground.interpret.layers import output_at, per_channel
from playground.interpret.top_activations import top_images
from playground.network.plan import places


@pytest.mark.parametrize("name", ["quick", "mlp", "shaken"])
def test_they_are_the_first_of_all_images_sorted(few: FashionData, name: str) -> None:
    experiment: Experiment = EXPERIMENTS[name]
    network, pixels = network_of(experiment.architecture), few.test.pixels
    for place in places(experiment.architecture):
        with torch.no_grad():
            every = per_channel(output_at(network, place, scale(pixels, "unit")))  # [n, c, positions]
        found = finished(top_images(network, place, pixels, DataChoice(), batch=7))
        expected = every.amax(2).sort(0, descending=True).values[:12].T
        torch.testing.assert_close(found.values, expected)
        assert found.among == 100
        channels = torch.arange(len(found.values))[:, None].expand_as(found.images)
        torch.testing.assert_close(every[found.images, channels, found.positions], found.values)
        torch.testing.assert_close(found.mean, every.double().mean((0, 2)), rtol=1e-5, atol=1e-7)


def test_of_equal_values_the_earlier_image_comes_first(few: FashionData) -> None:
    architecture = EXPERIMENTS["quick"].architecture
    same = few.test.pixels[:1].expand(40, -1, -1)
    found = finished(top_images(network_of(architecture), places(architecture)[0], same, DataChoice(), batch=8))
    assert found.images[0].tolist() == list(range(12))


def test_fewer_images_than_are_shown(few: FashionData) -> None:
    architecture = EXPERIMENTS["quick"].architecture
    work = top_images(
        network_of(architecture), places(architecture)[0], few.test.pixels[:3], DataChoice(), batch=8
    )
    assert finished(work).images.shape == (16, 3)
