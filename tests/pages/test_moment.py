"""One run and one epoch of it are looked at, whatever the page."""

from collections.abc import Callable

import pytest
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, FAILURES, INSIDE, PREDICT, PageEntry
from playground.app.shared.selected_epoch import nearest
from playground.metrics.classification import accuracy

Open = Callable[[AppTest, PageEntry], AppTest]


def longer(**changes: object) -> str:
    """Train the run of this home for five epochs, or otherwise."""
    (first,) = lab().library.runs()
    run = lab().trainer.start(first.experiment.changed({"training.epochs": 5, **changes}), "longer")
    until(lambda: lab().library.run(run).state.is_final)
    return run


def look_at(page: AppTest, run: str) -> None:
    page.selectbox(key="picked_run").set_value(run).run()


def epoch_sliders(page: AppTest) -> list:
    return [each for each in page.slider if each.label == "Epoch"]


def slider(page: AppTest):
    (found,) = epoch_sliders(page)
    return found


def shown_accuracy(run: str, epoch: int) -> str:
    record = lab().library.run(run)
    scores, labels = (
        lab().scores.logits(record, "validation", epoch),
        lab().scores.images(record, "validation").labels,
    )
    return f"**{accuracy(scores, labels):.2%}** of {len(labels):,} validation images"


def address(page: AppTest, name: str) -> str | None:
    found = page.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def test_the_slider_moves_every_page(trained_app: AppTest, open_page: Open):
    run = longer()
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    assert (slider(page).value, slider(page).max) == (5, 5)
    assert shown_accuracy(run, 5) in said(page)
    slider(page).set_value(2).run()
    assert shown_accuracy(run, 2) in said(page)
    assert "after 2 of 5 epochs" in said(page)
    open_page(page, FAILURES)
    assert slider(page).value == 2
    assert "after 2 of 5 epochs" in said(page)
    open_page(page, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    assert "after 2 of 5 epochs" in said(page)
    assert (address(page, "run"), address(page, "epoch")) == (run, "2")
    slider(page).set_value(5).run()
    assert "after 5 epochs" in said(page)
    assert not page.exception


def test_a_deep_link_opens_that_run_and_epoch(trained_app: AppTest, open_page: Open):
    run = longer()
    (other,) = [each.run for each in lab().library.runs() if each.run != run]
    trained_app.query_params["run"], trained_app.query_params["epoch"] = other, "1"
    page = open_page(trained_app, CONFUSION)
    assert page.selectbox(key="picked_run").value == other
    assert shown_accuracy(other, 1) in said(page)
    page.selectbox(key="picked_run").set_value(run).run()
    assert shown_accuracy(run, 1) in said(page)


def test_a_deep_link_opens_those_images_and_that_section(trained_app: AppTest, open_page: Open):
    trained_app.query_params["part"], trained_app.query_params["section"] = "test", "Statistics"
    page = open_page(trained_app, CONFUSION)
    assert page.radio(key="part").value == "test"
    assert "test images, evaluated once" in said(page)
    page = open_page(page, INSIDE)
    assert page.button_group(key="section").value == "Statistics"
    assert "dead ReLUs" in said(page)


@pytest.mark.parametrize("epoch", ["9", "0", "-1", "second"])
def test_an_epoch_that_cannot_be_is_named(trained_app: AppTest, open_page: Open, epoch):
    trained_app.query_params["epoch"] = epoch
    page = open_page(trained_app, CONFUSION)
    assert f'There is no epoch "{epoch}" of this run, which has 2' in said(page)
    assert slider(page).value == 2
    page.run()
    assert "There is no epoch" not in said(page)


@pytest.mark.parametrize("page", [CONFUSION, PREDICT], ids=lambda page: page.name)
def test_a_link_to_a_run_that_is_gone_promises_no_other(trained_app: AppTest, open_page: Open, page):
    trained_app.query_params["run"], trained_app.query_params["epoch"] = "gone", "1"
    opened = open_page(trained_app, page)
    assert 'There is no run "gone". It was deleted, or the link is of another playground.' in said(opened)
    assert "newest run" not in said(opened)
    assert "There is no epoch" not in said(opened)
    assert "after 1 of" not in said(opened)  # the epoch was one of that run, not of the one that is shown
    assert address(opened, "epoch") != "1"


def test_the_nearest_kept_epoch_stands_in_for_one_that_was_dropped(trained_app: AppTest, open_page: Open):
    run = longer()
    for epoch in (2, 3):
        (lab().settings.home / "runs" / run / f"epoch-{epoch:04}.safetensors").unlink()
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    slider(page).set_value(2).run()
    assert "epoch 2 were dropped to save space: this is epoch 1, the nearest" in said(page)
    assert shown_accuracy(run, 1) in said(page)
    slider(page).set_value(3).run()
    assert shown_accuracy(run, 4) in said(page)
    assert not page.exception


def test_the_nearest_is_the_later_of_two():
    assert nearest([1, 3, 8], 2) == 3
    assert nearest([1, 3, 8], 1) == 1
    assert nearest([4], 9) == 4


def test_the_test_images_are_those_of_the_last_epoch(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, CONFUSION)
    slider(page).set_value(1).run()
    page.radio(key="part").set_value("test").run()
    assert not epoch_sliders(page)
    assert "evaluated once, after the last epoch" in said(page)
    assert "after 2 epochs" in said(page)
    page.radio(key="part").set_value("validation").run()
    assert slider(page).value == 1


def test_a_run_of_one_epoch_has_a_sentence_instead_of_a_slider(trained_app: AppTest, open_page: Open):
    run = longer(**{"training.epochs": 1})
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    assert not epoch_sliders(page)
    assert "One epoch was trained" in said(page)
    open_page(page, PREDICT)
    assert not epoch_sliders(page)


def test_without_validation_images_there_are_the_test_images_of_the_last_epoch(
    trained_app: AppTest, open_page: Open
):
    run = longer(**{"data.validation": "none"})
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    assert not epoch_sliders(page)
    assert "test images, evaluated once, after 5 epochs" in said(page)
    open_page(page, PREDICT)
    assert slider(page).max == 5  # its weights were kept all the same


def test_a_run_guided_by_the_test_images_shows_them_after_any_epoch(trained_app: AppTest, open_page: Open):
    run = longer(**{"data.validation": "test"})
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    slider(page).set_value(3).run()
    record = lab().library.run(run)
    right = accuracy(
        lab().scores.logits(record, "validation", 3), lab().scores.images(record, "validation").labels
    )
    assert f"**{right:.2%}** of 1,000 test images, which also guided this run" in said(page)


def test_the_example_says_that_its_last_epoch_alone_was_kept(app: AppTest, open_page: Open):
    page = open_page(app, CONFUSION)
    assert not epoch_sliders(page)
    assert "only epoch 4 was kept" in said(page)


def test_play_starts_again_at_the_end_and_stops_when_a_person_takes_over(trained_app: AppTest, open_page: Open):
    run = longer()
    page = open_page(trained_app, CONFUSION)
    look_at(page, run)
    page.button(key="play").click().run()
    assert (slider(page).value, page.button(key="play").label) == (1, "Stop playing")
    slider(page).set_value(3).run()
    assert page.button(key="play").label == "Play"
    assert not page.exception
