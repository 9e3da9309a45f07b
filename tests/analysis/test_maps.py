"""Maps of what networks see: the right images, worked out once, turned alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from patience import until
from small import TINY

from playground.analysis import maps
from playground.analysis.maps import MapLayout
from playground.analysis.scores import ScoredImages
from playground.errors import RunError
from playground.experiment.presets import PRESETS
from playground.interpret import neighbours
from playground.interpret.embedding import principal, turned
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    """A lab with one finished run of three epochs; nobody may change it."""
    lab = Lab(Settings(home=tmp_path_factory.mktemp("maps")), InlineExecutor())
    return lab, lab.library.run(lab.trainer.start(TINY.changed({"training.epochs": 3})))


@pytest.fixture
def fresh(trained: tuple[Lab, Run]) -> tuple[Lab, Run]:
    """The same home, of which nothing is worked out yet."""
    lab, run = trained
    return Lab(lab.settings, InlineExecutor()), run


def layout(lab: Lab, seen: ScoredImages, count: int) -> MapLayout:
    job = lab.maps.layout(seen, count)
    until(lambda: job.is_over)
    return job.result()


def features_of(lab: Lab, seen: ScoredImages, epoch: int) -> np.ndarray:
    network = lab.scores.network(seen.run, epoch)
    return neighbours.features(network, seen.images.pixels, seen.run.experiment.data).numpy()


def test_the_last_epoch_is_laid_out_by_its_principal_components(trained: tuple[Lab, Run]) -> None:
    lab, run = trained
    seen = lab.scores.scored(run, "validation")
    found = layout(lab, seen, 200)
    expected = principal(features_of(lab, seen, 3)[:200])
    np.testing.assert_allclose(found.plane.points, expected.scores[:, :2], atol=1e-5)
    assert (found.like, found.plane.shares) == (None, pytest.approx(expected.shares[:2]))


def test_an_earlier_epoch_is_turned_onto_the_last(trained: tuple[Lab, Run]) -> None:
    lab, run = trained
    seen = lab.scores.scored(run, "validation", 1)
    found = layout(lab, seen, 200)
    own, last = (principal(features_of(lab, seen, epoch)[:200]).scores[:, :2] for epoch in (1, 3))
    np.testing.assert_allclose(found.plane.points, turned(own, last), atol=1e-5)
    assert found.like == 3


def test_while_it_is_trained_all_are_turned_onto_the_first(trained: tuple[Lab, Run]) -> None:
    lab, run = trained
    live = run.model_copy(update={"state": RunState.RUNNING})
    seen = replace(lab.scores.scored(run, "validation", 2), run=live)
    assert lab.maps.turned_onto(seen) == 1


def test_test_images_are_those_of_the_last_epoch(trained: tuple[Lab, Run]) -> None:
    lab, run = trained
    seen = lab.scores.scored(run, "test", 1)
    found = layout(lab, seen, 300)
    expected = principal(features_of(lab, seen, 3)[:300])
    np.testing.assert_allclose(found.plane.points, expected.scores[:, :2], atol=1e-5)
    assert found.like is None


def test_another_process_sees_the_same(trained: tuple[Lab, Run], fresh: tuple[Lab, Run]) -> None:
    one, other = (layout(lab, lab.scores.scored(run, "validation", 2), 250) for lab, run in (trained, fresh))
    assert np.array_equal(one.plane.points, other.plane.points)


def test_every_image_is_asked_about_once(fresh: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, run = fresh
    asked: list[int] = []
    features = neighbours.features
    monkeypatch.setattr(
        neighbours, "features", lambda n, p, *rest: (asked.append(len(p)), features(n, p, *rest))[1]
    )
    for epoch in (3, 1):
        seen = lab.scores.scored(run, "validation", epoch)
        for count in (200, 500, 300, 200):
            assert len(layout(lab, seen, count).plane.points) == count
    assert sum(asked) == 2 * 500
    first = lab.maps.layout(seen, 200)
    assert lab.maps.layout(seen, 200) is first


def test_features_that_were_let_go_of_are_worked_out_again(
    fresh: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, run = fresh
    lab.maps.features.most = 1  # bytes
    for epoch in (3, 2, 1):
        layout(lab, lab.scores.scored(run, "validation", epoch), 100)
    assert len(lab.maps.features.items) == 1
    assert len(layout(lab, lab.scores.scored(run, "validation", 3), 150).plane.points) == 150


def test_wide_features_leave_room_for_fewer_images(
    trained: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, run = trained
    seen = lab.scores.scored(run, "test")
    assert lab.maps.most(seen) == 1000
    width = features_of(lab, seen, 3).shape[1]
    monkeypatch.setattr(maps, "MOST_BYTES", 4 * width * 123)
    assert lab.maps.most(seen) == 123
    monkeypatch.setattr(maps, "MOST_IMAGES", 77)
    assert lab.maps.most(seen) == 77


def test_images_that_all_look_the_same_are_told(fresh: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, run = fresh
    monkeypatch.setattr(neighbours, "features", lambda n, pixels, *rest: torch.zeros(len(pixels), 4))
    with pytest.raises(RunError, match=r"After epoch 3 the last layer of run .* sees the same in all 200 images"):
        layout(lab, lab.scores.scored(run, "validation"), 200)


def test_an_epoch_can_be_shown_though_the_last_sees_nothing(
    fresh: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, run = fresh
    features, dead = neighbours.features, lab.scores.network(run, 3)
    monkeypatch.setattr(
        neighbours, "features", lambda n, p, *rest: torch.zeros(len(p), 4) if n is dead else features(n, p, *rest)
    )
    assert layout(lab, lab.scores.scored(run, "validation", 2), 200).like is None


def test_a_network_without_convolution(trained: tuple[Lab, Run]) -> None:
    lab, _ = trained
    tiny = {"training.epochs": 1, "data.fraction": 0.02, "training.precision": "float32"}
    run = lab.library.run(lab.trainer.start(PRESETS["mlp-baseline"].experiment.changed(tiny)))
    found = layout(lab, lab.scores.scored(run, "validation"), 200)
    assert (found.principal.width, found.like) == (128, None)


def test_the_example_with_the_images_of_the_sample(trained: tuple[Lab, Run]) -> None:
    lab, _ = trained
    seen = lab.scores.scored(lab.library.examples()[0], "validation")
    assert seen.is_substitute
    assert layout(lab, seen, lab.maps.most(seen)).plane.points.shape == (500, 2)


def test_t_sne_is_begun_once_and_again_where_it_came_to_nothing(trained: tuple[Lab, Run]) -> None:
    lab, run = trained
    seen = lab.scores.scored(run, "validation")
    base = layout(lab, seen, 300)
    assert lab.maps.tsne(seen, base, 10, begin=False) is None
    first = lab.maps.tsne(seen, base, 10)
    assert lab.maps.tsne(seen, base, 10) is first is lab.maps.tsne(seen, base, 10, begin=False)
    first.cancel()
    again = lab.maps.tsne(seen, base, 10)
    assert again is not first
    until(lambda: again.is_over)
    assert len(again.result().points) == 300
    assert lab.maps.tsne(seen, base, 10) is again
