"""Near-duplicates are looked for once, in the background, and kept."""

from pathlib import Path

import pytest
from patience import until
from small import TINY

from playground.analysis.near_duplicates import PARTS
from playground.data.images import FashionData
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.metrics import near_duplicates
from playground.system.executors import InlineExecutor
from playground.training.record import RunState


@pytest.fixture
def lab(home: Path) -> Lab:
    return Lab(Settings(home=home, threads=1), InlineExecutor())


def look(lab: Lab) -> None:
    lab.near_duplicates.start(lab.datasets.current())
    lab.near_duplicates.thread.job.finished()


def test_all_three_comparisons_are_kept(lab: Lab, home: Path, sample: FashionData) -> None:
    assert lab.near_duplicates.found(sample) == {}
    look(lab)
    found = Lab(Settings(home=home), InlineExecutor()).near_duplicates.found(sample)
    assert tuple(found) == tuple(PARTS)
    expected = near_duplicates.together(
        [pairs for _, pairs in near_duplicates.compare(sample.test.pixels, sample.train.pixels)]
    )
    assert len(expected) > 0
    assert found["test-train"].first.tolist() == expected.first.tolist()
    assert found["test-train"].distances.tolist() == expected.distances.tolist()


def test_what_is_known_is_not_looked_for_again(
    lab: Lab, sample: FashionData, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(lab)
    (path,) = lab.settings.home.glob("duplicates/*-test.safetensors")
    path.write_bytes(b"damaged")
    assert tuple(lab.near_duplicates.found(sample)) == ("test-train", "train")
    compared, real = [], near_duplicates.compare

    def counted(first, second, farthest=near_duplicates.FARTHEST):
        compared.append((len(first), second))
        return real(first, second, farthest)

    monkeypatch.setattr(near_duplicates, "compare", counted)
    look(lab)
    assert compared == [(1000, None)]
    assert len(lab.near_duplicates.found(sample)) == 3


def test_it_waits_while_a_network_is_trained(home: Path) -> None:
    lab = Lab(Settings(home=home, threads=1))
    run = lab.trainer.start(TINY.changed({"training.epochs": 1000}))
    until(lambda: lab.library.run(run).state is RunState.RUNNING)
    lab.near_duplicates.start(lab.datasets.current())
    until(lambda: "Waits until nothing is trained" in lab.near_duplicates.thread.job.progress.words)
    lab.trainer.stop(run)
    lab.near_duplicates.thread.job.finished()
    assert len(lab.near_duplicates.found(lab.datasets.current())) == 3
