"""The ratios are those of the times, on a few images."""

from dataclasses import fields

import pytest

from playground.benchmarks.peers import installed_peers
from playground.benchmarks.ratios import Ratios, measure_ratios
from playground.data.images import FashionData

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured(few: FashionData) -> Ratios:
    """Two rounds of 240 images: more are asked for than there are."""
    said: list[str] = []
    found = measure_ratios(few, said.append, rounds=2, images=512, against=installed_peers()[:1], threads=1)
    assert said == ["Round 1 of 2", "Round 2 of 2"]
    return found


def test_the_sides_are_compared_with_the_tutorial(measured: Ratios):
    assert [ours.precision for ours in measured.ours] == ["float32", "bfloat16"]
    assert tuple(peer.name for peer in measured.peers) == installed_peers()[:1]
    for side in (*measured.ours, *measured.peers):
        assert side.ratio_lowest <= side.ratio <= side.ratio_highest
        assert side.images_a_second * side.seconds_an_epoch == pytest.approx(60_000)
        faster = measured.tutorial_seconds_an_epoch / side.seconds_an_epoch  # medians: with two rounds, means
        assert side.ratio_lowest <= faster <= side.ratio_highest


def test_the_share_of_the_peak_is_operations_over_measured_rate(measured: Ratios):
    assert measured.multiply_adds == 2_836_352
    for ours in measured.ours:
        done = measured.training_operations * ours.images_a_second
        assert ours.peak_share == pytest.approx(done / (ours.matmul_gflops * 1e9))
        assert ours.peak_share > 0
        assert ours.matmul_side in (2048, 256)
    assert measured.matmul_gflops == measured.ours[0].matmul_gflops


def test_the_circumstances_are_told(measured: Ratios):
    assert (measured.rounds, measured.images, measured.data, measured.threads) == (2, 240, "sample", 1)
    assert all(getattr(measured, field.name) for field in fields(Ratios) if field.name != "peers")
