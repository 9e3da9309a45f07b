"""The map shows what was chosen, wherever it was chosen, and follows the epoch."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.map.state import map_state
from playground.app.shared.cache import lab
from playground.app.shared.navigation import MAP, PageEntry
from playground.experiment.presets import PRESETS

Open = Callable[[AppTest, PageEntry], AppTest]


def settled(page: AppTest, words: str) -> AppTest:
    """Draw the page until it says so: nothing refreshes itself in a test."""

    def there() -> bool:
        return words in said(page.run())

    until(there)
    assert not page.exception
    return page


def opened(app: AppTest, open_page: Open) -> AppTest:
    return settled(open_page(app, MAP), "principal components of the")


def tab(page: AppTest):
    return page.session_state["session"]


def press(page: AppTest, key: str) -> None:
    page.button(key=key).click().run()
    assert not page.exception


def answers(epoch: int | None = None):
    run = lab().library.runs()[0]
    return lab().scores.logits(run, "validation", epoch).argmax(1).numpy(), lab().scores.images(
        run, "validation"
    ).labels.numpy()


def test_all_images_are_laid_out_with_what_the_axes_hold(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    assert "**All** of 500 validation images, never trained on, after 2 epochs" in said(page)
    seen = lab().scores.scored(lab().library.runs()[0], "validation")
    layout = lab().maps.layout(seen, 500).result()
    assert f"They explain {sum(layout.plane.shares):.1%} of the variance" in said(page)
    map_points, chances = map_state(tab(page)).shown.map_points, seen.logits.double().softmax(1)
    assert np.array_equal(map_points.points, layout.plane.points)
    assert np.array_equal(map_points.labels, seen.images.labels)
    assert np.array_equal(map_points.answers, chances.argmax(1))
    assert map_points.probabilities == pytest.approx(chances.max(1).values.numpy(), abs=1e-6)


def test_a_class_is_chosen_and_let_go_of(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    assert page.button(key="map_clear").disabled
    page.selectbox(key="map_true").set_value("Shirt").run()
    page.selectbox(key="map_said").set_value("another class").run()
    press(page, "map_choose")
    guess, labels = answers()
    wrong = np.flatnonzero((labels == 6) & (guess != 6))
    assert map_state(tab(page)).chosen == tuple(wrong)
    assert f"**{len(wrong)}** selected: {len(wrong)} Shirt. 0.0% of them are correct." in said(page)
    page.run()
    assert map_state(tab(page)).chosen == tuple(wrong)
    press(page, "map_clear")
    assert map_state(tab(page)).chosen == ()
    assert "selected:" not in said(page)


def test_what_was_chosen_stays_from_epoch_to_epoch_and_goes_with_the_run(
    trained_app: AppTest, open_page: Open
) -> None:
    page = opened(trained_app, open_page)
    press(page, "map_choose")
    assert len(map_state(tab(page)).chosen) == 500
    slider = next(each for each in page.slider if each.label == "Epoch")
    slider.set_value(1).run()
    settled(page, "rotated to match epoch 2")
    guess, labels = answers(1)
    assert f"**500** selected: {np.bincount(labels).max()} " in said(page)
    assert f"{np.mean(guess == labels):.1%} of them are correct" in said(page)
    page.radio(key="part").set_value("test").run()
    settled(page, "test images, evaluated once, after 2 epochs")
    assert map_state(tab(page)).chosen == ()


def test_one_image_and_its_neighbours(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    assert page.button(key="map_around").disabled
    page.number_input(key="map_number").set_value(17).run()
    assert tab(page).opened[1] == 17
    assert "image no. 17" in said(page)
    press(page, "map_around")
    points = map_state(tab(page)).shown.map_points.points
    away = np.linalg.norm(points - points[17], axis=1)
    assert set(map_state(tab(page)).chosen) == set(np.argsort(away)[:48])
    press(page, "map_clear")
    assert (tab(page).opened, page.number_input(key="map_number").value) == (None, None)


def test_t_sne_is_there_after_a_while_and_says_what_it_is_worth(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    page.segmented_control(key="map_method").set_value("t-SNE").run()
    assert "principal components of the" in said(page)  # until then
    settled(page, "Kullback-Leibler divergence")
    found = map_state(tab(page)).tsne.result()
    assert f"trustworthiness {found.trust:.3f} of 1" in said(page)
    assert "perplexity 30, n = 500" in said(page)
    assert "mean little" in said(page)
    assert np.array_equal(map_state(tab(page)).shown.map_points.points, found.points)


def test_t_sne_is_given_up_and_begun_again(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    page.segmented_control(key="map_method").set_value("t-SNE").run()
    press(page, "tsne_cancel")
    settled(page, "t-SNE was cancelled; these are the principal components")
    first = map_state(tab(page)).tsne
    press(page, "tsne_again")
    assert map_state(tab(page)).tsne is not first
    assert "was cancelled" not in said(page)
    settled(page, "Kullback-Leibler divergence")


@pytest.mark.slow
def test_another_epoch_gives_up_the_t_sne_that_is_not_looked_at(trained_app: AppTest, open_page: Open) -> None:
    page = opened(trained_app, open_page)
    page.segmented_control(key="map_method").set_value("t-SNE").run()
    first = map_state(tab(page)).tsne
    next(each for each in page.slider if each.label == "Epoch").set_value(1).run()
    until(lambda: map_state(tab(page.run())).tsne is not first)
    assert first.failed
    next(each for each in page.slider if each.label == "Epoch").set_value(2).run()
    settled(page, "Kullback-Leibler divergence")


def test_the_example_has_a_map(app: AppTest, open_page: Open) -> None:
    page = opened(app, open_page)
    assert "500 validation images of the bundled sample" in said(page)


def test_a_network_without_convolution_after_one_epoch(trained_app: AppTest, open_page: Open) -> None:
    tiny = {"training.epochs": 1, "data.fraction": 0.02, "training.precision": "float32"}
    run = lab().trainer.start(PRESETS["mlp-baseline"].experiment.changed(tiny))
    until(lambda: lab().library.run(run).state.is_final)
    page = open_page(trained_app, MAP)
    page.selectbox(key="picked_run").set_value(run).run()
    settled(page, "principal components of the 128 features")
    assert "after 1 epoch" in said(page)
    assert re.search(r"They explain \d+\.\d% of the variance", said(page))
