"""The loops of others train what ours trains."""

from pathlib import Path

import pytest
import torch

from playground.benchmarks import loops
from playground.benchmarks.engine_speed import SYSTEM
from playground.benchmarks.peers import PEERS, TUTORIAL, installed_peers, lay_out, time_loop, version
from playground.data.images import FashionData
from playground.experiment.presets import PRESETS
from playground.network.build import build_network


@pytest.fixture(scope="module")
def folder(sample: FashionData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as torchvision keeps Fashion-MNIST."""
    path = tmp_path_factory.mktemp("torchvision")
    lay_out(sample, path)
    return path


def test_all_train_the_same_network_with_the_same_batch_and_rate():
    experiment = PRESETS[SYSTEM].experiment
    ours, theirs = build_network(experiment.architecture, torch.Generator()), loops.network()
    values = zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True)
    theirs.load_state_dict(dict(zip(theirs.state_dict(), (value for value, _ in values), strict=True)))
    inputs = torch.rand(8, 1, 28, 28)
    torch.testing.assert_close(theirs(inputs), ours(inputs))
    assert experiment.training.batch_size == loops.BATCH
    assert experiment.training.optimizer.model_dump() == {
        "name": "adam", "learning_rate": loops.RATE, "weight_decay": 0, "beta1": 0.9, "beta2": 0.999,
    }  # fmt: skip


def test_the_images_are_the_first_ones(sample: FashionData, folder: Path):
    found = loops.images(str(folder), 40)
    assert len(found) == 40
    for index in (0, 39):
        pixels, label = found[index]
        assert torch.equal((pixels[0] * 255).round().to(torch.uint8), sample.train.pixels[index])
        assert label == sample.train.labels[index]


def test_an_epoch_of_the_tutorials_loop_takes_its_time(folder: Path):
    timed = time_loop(TUTORIAL, folder, images=512, threads=1)
    assert 0 < timed.seconds_an_image < 1
    assert timed.peak_memory_mb is None or timed.peak_memory_mb > 100


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_is_measured_where_it_is_installed(peer: str, folder: Path):
    if peer not in installed_peers():
        assert version(peer) is None
        pytest.skip(f"{PEERS[peer]} of requirements-bench.txt is not installed")
    assert version(peer)
    assert 0 < time_loop(peer, folder, images=512, threads=1).seconds_an_image < 1


def test_every_peer_has_a_loop_and_its_package_is_in_the_requirements():
    assert set(loops.LOOPS) == {TUTORIAL, *PEERS}
    requirements = Path(__file__).parents[2] / "requirements-bench.txt"
    assert {line.partition(">")[0] for line in requirements.read_text().splitlines()} >= set(PEERS.values())
