"""The Failures page: which images, in which order."""

from collections.abc import Callable

import numpy as np
import pytest
from patience import until
from reading import said, sent
from streamlit.testing.v1 import AppTest

from playground.core.classes import CLASS_NAMES
from playground.core.course import Course
from playground.core.explain import METHODS
from playground.core.mistakes import ORDERS, Answers, ordered
from playground.ui.cache import lab

FAILURES = "pages/inspect/failures.py"
Open = Callable[[AppTest, str], AppTest]


def numbers(page: AppTest) -> list[int]:
    """The images on the sheet."""
    (sheet,) = [each for each in sent(page, "gallery") if each["label"] == "Images the network got wrong"]
    return [int(tile["text"][-1].removeprefix("no. ")) for tile in sheet["tiles"]]


def judged(epoch: int | None = None, run: int = 0) -> Answers:
    seen = lab().judged(lab().runs()[run], "validation", epoch)
    return Answers.of(seen.logits, seen.images.labels)


@pytest.mark.parametrize("order", ORDERS)
def test_the_sheet_is_in_the_order_that_was_asked_for(trained_app: AppTest, open_page: Open, order):
    page = open_page(trained_app, FAILURES)
    page.selectbox(key="failures_order").set_value(order).run()
    said_by_hand = np.stack([judged(epoch).said for epoch in (1, 2)]).astype(np.int8)
    course = Course((1, 2), judged().labels, said_by_hand)
    assert numbers(page) == ordered(judged().wrong, order, judged(), course)[:60].tolist()


def test_images_that_were_learned_since_are_there_too(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.button_group(key="failures_when").set_value("after any epoch").run()
    ever = judged(1).wrong | judged(2).wrong
    assert said(page).startswith(f"**{ever.sum():,}** wrong of")


def test_only_what_another_run_got_wrong_too(trained_app: AppTest, open_page: Open):
    (first,) = lab().runs()
    other = lab().start(first.experiment.changed({"training.seed": 7}), "the other")
    until(lambda: lab().run(other).state.is_final)
    page = open_page(trained_app, FAILURES)
    page.selectbox(key="failures_beside").set_value(other).run()
    both = judged().wrong & judged(run=1).wrong
    assert said(page).startswith(f"**{both.sum():,}** wrong here and in the other of")
    assert set(numbers(page)) <= set(np.flatnonzero(both))


def test_only_answers_as_sure_as_this(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.slider(key="failures_confidence").set_value((20, 35)).run()
    chosen = judged().wrong & (judged().confidence >= 0.2) & (judged().confidence <= 0.35)
    assert said(page).startswith(f"**{chosen.sum():,}** wrong of")


def test_test_images_have_no_course(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.radio(key="part").set_value("test").run()
    assert page.selectbox(key="failures_order").options == ["confidence", "loss", "margin"]
    assert not page.button_group
    assert not page.exception


def test_an_opened_image_stays_open_while_the_epochs_pass(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    from playground.ui.image_view import open_image

    number = int(np.flatnonzero(judged().wrong)[3])
    open_image(page.session_state["session"], lab().judged(lab().runs()[0], "validation"), number)
    page.run()
    for epoch in (2, 1):
        next(each for each in page.slider if each.label == "Epoch").set_value(epoch).run()
        assert f"**Validation image no. {number}**" in said(page)
        assert f"Epoch {epoch} says" in said(page)
    assert any("epoch 1: " in chart["alt"] for chart in sent(page, "live_chart"))
    page.toggle(key="image_attributions").set_value(True).run()
    target = int(judged(1).said[number])
    until(
        lambda: (
            f"They explain the score of {CLASS_NAMES[target]}" in said(page.run())
            and len(page.get("image")) == 1 + len(METHODS)
        )
    )
    page.button(key="close_image").click().run()
    assert "Validation image no." not in said(page)
