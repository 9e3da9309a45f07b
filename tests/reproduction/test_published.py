"""The published systems as they are trained to be compared."""

import pytest

from playground.data.classes import CLASS_NAMES
from playground.errors import ExperimentError
from playground.experiment.presets import PRESETS
from playground.reproduction.articles import ARTICLES
from playground.reproduction.published import PUBLISHED, systems


def test_all_twelve_in_the_presets_order() -> None:
    assert (
        tuple(system.name for system in systems())
        == PUBLISHED
        == tuple(name for name in PRESETS if name not in ("quick", "accurate", "robust"))
    )
    assert len(PUBLISHED) == 12
    assert set(ARTICLES) == set(PUBLISHED)


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.name)
def test_each_trains_as_its_article_does(system) -> None:
    preset = PRESETS[system.name]
    assert system.experiment == preset.experiment.changed({"data.validation": "test"})
    assert system.experiment.training.precision == "float32"
    assert system.experiment.data.fraction == 1
    assert system.reported == preset.reported_accuracy
    assert (system.reported is None) == bool(system.article.words)
    assert system.article.gives_settings == ("these are ours" not in system.notes)


def test_one_article_miscounts_its_parameters() -> None:
    wrong = {
        s.name: (s.article.parameters, s.parameters) for s in systems() if s.article.parameters != s.parameters
    }
    assert wrong == {"lenet-batch-norm": (44_426, 44_470)}


def test_what_an_article_says_of_epochs_and_classes_can_be_measured() -> None:
    for system in systems():
        assert all(1 <= epoch < system.experiment.training.epochs for epoch in system.article.after)
        assert {*system.article.weak, *system.article.classes} <= set(CLASS_NAMES)
        assert set(system.article.classes) <= set(system.article.weak)
    (three,) = systems(["three-conv-batch-norm"])
    assert three.article.after == {50: 0.9078}
    assert three.article.classes == {"Shirt": 0.75}


def test_some_of_them_each_once() -> None:
    names = [system.name for system in systems(["lenet-tanh", "two-conv-same", "lenet-tanh"])]
    assert names == ["two-conv-same", "lenet-tanh"]


def test_the_next_seeds_follow_the_presets_own() -> None:
    (system,) = systems(["input-batch-norm"])
    assert [system.seeded(turn).training.seed for turn in range(3)] == [420, 421, 422]
    assert system.seeded(0) == system.experiment


def test_work_is_multiply_adds_times_epochs() -> None:
    work = {system.name: system.work for system in systems()}
    assert work["mlp-baseline"] == 12 * (784 * 256 + 256 * 128 + 128 * 10)
    assert max(work, key=lambda name: work[name]) == "three-conv-batch-norm"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("quick", '"quick" is a recipe of our own, and there is no reported figure'),
        ("lenet", '"lenet" is none of the published systems. Published: two-conv-three-fc, '),
        ("", '"" is none of the published systems'),
    ],
)
def test_what_no_article_describes_is_refused(name: str, reason: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        systems(["lenet-tanh", name])
    assert reason in str(refused.value)
    assert str(refused.value).endswith("name none for all of them.")
