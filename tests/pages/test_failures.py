"""The Failures page: which images, in which order."""

import csv
import io
import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from patience import until
from reading import said, sent
from streamlit.testing.v1 import AppTest
from torch.nn.functional import cross_entropy

from playground.app.shared.cache import lab
from playground.app.shared.navigation import FAILURES, PageEntry
from playground.data.classes import CLASS_NAMES
from playground.interpret.attribution import METHODS
from playground.metrics.history import PredictionHistory
from playground.metrics.mistakes import ORDERS, Answers, ordered

Open = Callable[[AppTest, PageEntry], AppTest]


def numbers(page: AppTest) -> list[int]:
    """The images on the sheet."""
    (sheet,) = [each for each in sent(page, "gallery") if each["label"] == "Images the network got wrong"]
    return [int(tile["text"][-1].removeprefix("no. ")) for tile in sheet["tiles"]]


def scored(epoch: int | None = None, run: int = 0) -> Answers:
    seen = lab().scores.scored(lab().library.runs()[run], "validation", epoch)
    return Answers.of(seen.logits, seen.images.labels)


@pytest.mark.parametrize("order", ORDERS)
def test_the_sheet_is_in_the_order_that_was_asked_for(trained_app: AppTest, open_page: Open, order):
    page = open_page(trained_app, FAILURES)
    page.selectbox(key="failures_order").set_value(order).run()
    said_by_hand = np.stack([scored(epoch).said for epoch in (1, 2)]).astype(np.int8)
    history = PredictionHistory((1, 2), scored().labels, said_by_hand)
    assert numbers(page) == ordered(scored().wrong, order, scored(), history)[:60].tolist()


def test_images_that_were_learned_since_are_there_too(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.button_group(key="failures_when").set_value("after any epoch").run()
    ever = scored(1).wrong | scored(2).wrong
    assert said(page).startswith(f"**{ever.sum():,}** wrong of")


def test_only_what_another_run_got_wrong_too(trained_app: AppTest, open_page: Open):
    (first,) = lab().library.runs()
    other = lab().trainer.start(first.experiment.changed({"training.seed": 7}), "the other")
    until(lambda: lab().library.run(other).state.is_final)
    page = open_page(trained_app, FAILURES)
    page.selectbox(key="failures_beside").set_value(other).run()
    both = scored().wrong & scored(run=1).wrong
    assert said(page).startswith(f"**{both.sum():,}** wrong here and in the other of")
    assert set(numbers(page)) <= set(np.flatnonzero(both))


def test_only_answers_as_sure_as_this(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.slider(key="failures_confidence").set_value((20, 35)).run()
    chosen = scored().wrong & (scored().confidence >= 0.2) & (scored().confidence <= 0.35)
    assert said(page).startswith(f"**{chosen.sum():,}** wrong of")


def test_test_images_have_no_course(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    page.radio(key="part").set_value("test").run()
    assert page.selectbox(key="failures_order").options == ["confidence", "loss", "margin"]
    assert not page.button_group
    assert not page.exception


def test_an_opened_image_stays_open_while_the_epochs_pass(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    from playground.app.shared.image_view import open_image

    number = int(np.flatnonzero(scored().wrong)[3])
    open_image(page.session_state["session"], lab().scores.scored(lab().library.runs()[0], "validation"), number)
    page.run()
    for epoch in (2, 1):
        next(each for each in page.slider if each.label == "Epoch").set_value(epoch).run()
        assert f"**Validation image no. {number}**" in said(page)
        assert f"Epoch {epoch} says" in said(page)
    assert any("epoch 1: " in chart["alt"] for chart in sent(page, "live_chart"))
    page.toggle(key="image_attributions").set_value(True).run()
    target = int(scored(1).said[number])
    until(
        lambda: (
            f"They explain the score of {CLASS_NAMES[target]}" in said(page.run())
            and len(page.get("image")) == 1 + len(METHODS)
        )
    )
    page.button(key="close_image").click().run()
    assert "Validation image no." not in said(page)


def test_an_opened_image_says_its_probabilities(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, FAILURES)
    from playground.app.shared.image_view import open_image

    seen = lab().scores.scored(lab().library.runs()[0], "validation")
    number = int(np.flatnonzero(scored().wrong)[3])
    open_image(page.session_state["session"], seen, number)
    page.run()
    true = int(seen.images.labels[number])
    first, last = (
        lab().scores.logits(seen.run, "validation", epoch)[number].double().softmax(0) for epoch in (1, 2)
    )
    words = (
        f"Epoch 2 says **{CLASS_NAMES[last.argmax()]}**, {last.max():.1%} sure; its own class {last[true]:.1%}."
    )
    assert words in said(page)
    (figure,) = [
        json.loads(each["figure"]) for each in sent(page, "live_chart") if each["alt"].startswith("epoch 1: ")
    ]
    assert figure["data"][0]["name"] == f"{CLASS_NAMES[true]} (true)"
    for line in figure["data"]:
        label = CLASS_NAMES.index(line["name"].removesuffix(" (true)"))
        assert line["x"] == [1, 2]
        assert line["y"] == pytest.approx([float(first[label]), float(last[label])], abs=2e-5)


def test_the_csv_has_what_pytorch_says_of_every_image(trained_app: AppTest, open_page: Open):
    open_page(trained_app, FAILURES)
    from playground.app.inspect.failures_view import (  # the canvas registers itself with the app's runtime
        FailureSheet,
        _table,
    )

    (run,) = lab().library.runs()
    seen = lab().scores.scored(run, "validation")
    labels, logits = seen.images.labels, seen.logits.double()
    numbers = np.arange(len(labels))
    text = _table(FailureSheet(numbers, "loss", scored(), lab().scores.history(run)))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["image"]) for row in rows] == numbers.tolist()
    chances, losses = logits.softmax(1), cross_entropy(logits, labels, reduction="none")
    right = [(lab().scores.logits(run, "validation", epoch).argmax(1) == labels).tolist() for epoch in (1, 2)]
    for row, chance, loss, label, *story in zip(rows, chances, losses, labels, *right, strict=True):
        guess = int(chance.argmax())
        assert (row["true"], row["predicted"]) == (CLASS_NAMES[label], CLASS_NAMES[guess])
        assert float(row["confidence"]) == pytest.approx(float(chance[guess]), abs=1e-6)
        assert float(row["true_probability"]) == pytest.approx(float(chance[label]), abs=1e-6)
        assert float(row["margin"]) == pytest.approx(float(chance[guess] - chance[label]), abs=1e-6)
        assert float(row["loss_nats"]) == pytest.approx(float(loss), abs=1e-6)
        since = next((str(epoch) for epoch in (1, 2) if all(story[epoch - 1 :])), "")
        assert row["right_since_epoch"] == since
        assert int(row["times_forgotten"]) == sum(a and not b for a, b in pairwise(story))
