"""Settings side by side."""

from small import TINY

from playground.experiment.differences import differences, settings, side_by_side


def test_only_what_differs() -> None:
    other = TINY.changed({"training.seed": 3, "training.optimizer": {"name": "adam"}})
    found = differences([TINY, other])
    assert found["training.seed"] == (0, 3)
    assert found["training.optimizer.name"] == ("sgd", "adam")
    assert found["training.optimizer.beta1"] == (None, 0.9)
    assert "training.epochs" not in found


def test_a_layer_more() -> None:
    longer = TINY.changed({"architecture.hidden": [{"units": 8}]})
    assert differences([TINY, longer])["architecture.hidden.0.units"] == (None, 8)


def test_the_same_experiments_have_none_and_every_setting_is_listed() -> None:
    assert differences([TINY, TINY, TINY]) == {}
    assert side_by_side([TINY]).keys() == settings(TINY).keys()
    assert settings(TINY)["architecture.layers.0.channels"] == 4
