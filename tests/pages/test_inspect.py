"""Confusion and Failures show what the run's scores say."""

from collections import Counter

import numpy as np
import pytest
from patience import until
from reading import said
from sklearn.metrics import precision_recall_fscore_support
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, FAILURES, PREDICT
from playground.data.classes import CLASS_NAMES
from playground.metrics.classification import accuracy, class_scores
from playground.metrics.mistakes import Answers


@pytest.mark.parametrize("part", ["validation", "test"])
def test_the_accuracy_on_the_page_is_that_of_the_scores(trained_app: AppTest, open_page, part):
    page = open_page(trained_app, CONFUSION)
    page.radio(key="part").set_value(part).run()
    run = lab().library.runs()[0]
    logits, labels = lab().scores.logits(run, part), lab().scores.images(run, part).labels
    assert page.markdown[0].value.startswith(
        f"**{accuracy(logits, labels):.2%}** of {len(labels):,} {part} images"
    )
    table = page.dataframe[0].value
    expected = class_scores(logits, labels)
    assert list(table["Class"]) == list(CLASS_NAMES)
    assert list(table["Recall"]) == pytest.approx([100 * score.recall for score in expected])
    assert list(table["Images"]) == [score.support for score in expected]
    by_scikit_learn = precision_recall_fscore_support(
        labels, logits.argmax(1), labels=range(10), zero_division=0.0
    )
    for column, values in zip(("Precision", "Recall", "F1", "Images"), by_scikit_learn, strict=True):
        assert list(table[column]) == pytest.approx(list(values * (1 if column == "Images" else 100)))


def test_errors_and_costliest_pairs_are_counted(trained_app: AppTest, open_page):
    page = open_page(trained_app, CONFUSION)
    run = lab().library.runs()[0]
    labels = lab().scores.images(run, "validation").labels.tolist()
    guesses = lab().scores.logits(run, "validation").argmax(1).tolist()
    wrong = Counter(pair for pair in zip(labels, guesses, strict=True) if pair[0] != pair[1])
    assert f"**Most frequent confusions** of {wrong.total():,} errors" in said(page)
    for true, guess in sorted(wrong, key=lambda pair: (-wrong[pair], pair))[:5]:
        count = wrong[true, guess]
        assert (
            f"- {CLASS_NAMES[true]} taken for {CLASS_NAMES[guess]}: {count / wrong.total():.0%} of all errors, "
            f"{count / labels.count(true):.1%} of its class (n = {count:,})"
        ) in said(page)


def test_the_test_accuracy_of_the_record_is_that_of_the_kept_scores(trained_app: AppTest):
    run = lab().library.runs()[0]
    assert run.test_accuracy == pytest.approx(
        accuracy(lab().scores.logits(run, "test"), lab().scores.images(run, "test").labels), abs=1e-12
    )


def test_weak_classes_are_named(trained_app: AppTest, open_page):
    page = open_page(trained_app, CONFUSION)
    run = lab().library.runs()[0]
    scores = class_scores(lab().scores.logits(run, "validation"), lab().scores.images(run, "validation").labels)
    named = next(text.value for text in page.markdown if text.value.startswith("Under 90%"))
    for score in scores:
        assert (score.name + " (" in named) == (score.recall < 0.9)


def test_failures_are_counted_and_filtered(trained_app: AppTest, open_page):
    page = open_page(trained_app, FAILURES)
    run = lab().library.runs()[0]
    logits, labels = lab().scores.logits(run, "validation"), lab().scores.images(run, "validation").labels
    answers = Answers.of(logits, labels)
    assert page.markdown[0].value.startswith(f"**{answers.wrong.sum():,}** wrong of")
    page.selectbox(key="chosen_true").set_value("Shirt").run()
    shirts = answers.wrong & answers.among(true=CLASS_NAMES.index("Shirt"))
    assert page.markdown[0].value.startswith(f"**{shirts.sum():,}** wrong of")
    assert not page.exception


def test_a_filter_that_leaves_nothing_says_so(trained_app: AppTest, open_page):
    page = open_page(trained_app, FAILURES)
    page.selectbox(key="chosen_true").set_value("Bag").run()
    page.selectbox(key="chosen_predicted").set_value("Bag").run()
    assert "No image matches" in page.info[0].value


def test_a_failure_is_laid_under_the_canvas(trained_app: AppTest, open_page):
    page = open_page(trained_app, FAILURES)
    from playground.app.shared.image_view import open_image  # the canvas registers itself with the app's runtime

    seen = lab().scores.scored(lab().library.runs()[0], "validation")
    number = int(Answers.of(seen.logits, seen.images.labels).wrong.nonzero()[0][0])
    open_image(page.session_state["session"], seen, number)
    assert lab().scores.prepare_neighbours(seen.run).wait(120)
    page.run()
    assert f"Validation image no. {number}" in said(page)
    near = "training images in this network's feature space"
    until(lambda: near in said(page.run()))  # they are looked for in the background
    next(button for button in page.button if button.label == "Try it on the canvas").click().run()
    tab = page.session_state["session"]
    assert f"no. {number} (" in tab.bench_name
    assert tab.bench.shape == (28, 28)
    assert np.array_equal(tab.picture.prepared.pixels, tab.bench)
    open_page(page, PREDICT)
    assert "is under the canvas" in said(page)
    next(button for button in page.button if button.label == "Remove it").click().run()
    assert page.session_state["session"].bench is None
    assert not page.exception
