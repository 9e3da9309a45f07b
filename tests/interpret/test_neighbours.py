"""How much an image looks like the data to a network."""

import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from small import SHAKEN, TINY
from torch import Tensor

from playground.data.images import FashionData
from playground.experiment.experiment import DataChoice, Experiment
from playground.experiment.presets import PRESETS
from playground.interpret.neighbours import NEIGHBOURS, Reference, features
from playground.network.build import build_network
from playground.network.inference import predict_logits

LOGISTIC = TINY.changed({"architecture.layers": []})


def unit(seed: int, count: int, around: float = 0.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(count, 16, generator=generator) + around)


@pytest.mark.parametrize(
    "experiment", [SHAKEN, LOGISTIC, PRESETS["quick"].experiment], ids=["dense", "none", "quick"]
)
def test_features_are_what_the_last_layer_sees(few: FashionData, experiment: Experiment) -> None:
    network = build_network(experiment.architecture, torch.Generator().manual_seed(0)).eval()
    seen: list[Tensor] = []
    hook = network[-1].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    predict_logits(network, few.test.pixels, DataChoice())
    hook.remove()
    found = features(network, few.test.pixels, DataChoice(), batch=7)
    torch.testing.assert_close(found, torch.nn.functional.normalize(torch.cat(seen).flatten(1)))
    assert not found.requires_grad


def test_neighbours_are_those_of_scikit_learn() -> None:
    train, image = unit(0, 300, 1.0), unit(1, 1, 1.0)
    distances, nearest = NearestNeighbors(n_neighbors=NEIGHBOURS, metric="cosine").fit(train).kneighbors(image)
    found = Reference(train, unit(2, 50, 1.0)).typicality(image[0])
    assert found.nearest.tolist() == nearest[0].tolist()
    torch.testing.assert_close(found.cosines, torch.from_numpy(1 - distances[0]).float(), atol=1e-5, rtol=0)


def test_the_share_that_looks_more_like_the_data_is_counted_by_scikit_learn() -> None:
    train, usual, images = unit(0, 300, 1.0), unit(1, 150, 1.0), unit(2, 40, 0.8)
    neighbours = NearestNeighbors(n_neighbors=10, metric="cosine").fit(train)
    tenth, away = (neighbours.kneighbors(each)[0][:, -1] for each in (usual, images))
    reference = Reference(train, usual)
    found = [reference.typicality(image).ood_percentile for image in images]
    assert found == pytest.approx([(tenth < each).mean() for each in away])
    assert len(set(found)) > 10


def test_a_picture_from_elsewhere_is_told_from_an_image_of_the_data() -> None:
    reference = Reference(unit(0, 300, 2.0), unit(1, 200, 2.0))
    usual = [reference.typicality(image).ood_percentile for image in unit(3, 400, 2.0)]
    assert 0.4 < sum(usual) / len(usual) < 0.6  # as likely as not: it is calibrated
    assert reference.typicality(-unit(4, 1, 2.0)[0]).ood_percentile == 1.0
    assert reference.typicality(torch.nn.functional.normalize(torch.ones(16), dim=0)).ood_percentile < 0.05
