"""The Confusion page: what is drawn is what scikit-learn counts, in every reading, for every kind of run."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from patience import until
from reading import said, sent
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from streamlit.testing.v1 import AppTest

from playground.analysis.scores import ScoredImages
from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, FAILURES, PageEntry
from playground.data.classes import CLASS_NAMES
from playground.metrics.calibration import fit_temperature, reliability

Open = Callable[[AppTest, PageEntry], AppTest]


def train(**changes: object) -> str:
    (first, *_) = lab().library.runs()
    run = lab().trainer.start(first.experiment.changed(changes), "another")
    until(lambda: lab().library.run(run).state.is_final)
    return run


def seen(epoch: int | None = None, run: str | None = None) -> ScoredImages:
    return lab().scores.scored(lab().library.run(run) if run else lab().library.runs()[0], "validation", epoch)


def counted(judged: ScoredImages, normalize: str | None = None) -> np.ndarray:
    guesses = judged.logits.argmax(1)
    return confusion_matrix(judged.images.labels, guesses, labels=range(10), normalize=normalize)


def cells(page: AppTest) -> np.ndarray:
    (drawn,) = sent(page, "matrix")
    return np.array(drawn["values"])


@pytest.mark.parametrize(
    ("reading", "normalize"),
    [("counts", None), ("of the true class", "true"), ("of the predicted class", "pred")],
)
def test_the_matrix_is_scikit_learns(trained_app: AppTest, open_page: Open, reading, normalize):
    page = open_page(trained_app, CONFUSION)
    page.button_group(key="confusion_unit").set_value(reading).run()
    assert cells(page) == pytest.approx(counted(seen(), normalize), abs=1e-6)
    assert not page.exception


def test_probabilities_are_summed(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, CONFUSION)
    page.button_group(key="confusion_unit").set_value("probabilities").run()
    probabilities, labels = seen().logits.double().softmax(1), seen().images.labels
    expected = [probabilities[labels == each].sum(0).tolist() for each in range(10)]
    assert cells(page) == pytest.approx(np.array(expected), abs=1e-5)


def test_the_difference_to_another_epoch_and_to_another_run(trained_app: AppTest, open_page: Open):
    other = train(**{"training.seed": 5})
    page = open_page(trained_app, CONFUSION)
    page.selectbox(key="confusion_difference").set_value("another epoch").run()
    assert (cells(page) == counted(seen(2)) - counted(seen(1))).all()
    page.selectbox(key="confusion_difference").set_value("another run").run()
    page.selectbox(key="confusion_run").set_value(other).run()
    assert (cells(page) == counted(seen()) - counted(seen(run=other))).all()
    page.toggle(key="confusion_errors").set_value(True).run()
    (drawn,) = sent(page, "matrix")
    assert all(drawn["texts"][each][each] == "" for each in range(10))
    assert not page.exception


@pytest.mark.parametrize(("true", "predicted"), [("Shirt", "any class"), ("any class", "Bag"), ("Shirt", "Coat")])
def test_the_images_are_those_of_the_cell(trained_app: AppTest, open_page: Open, true, predicted):
    page = open_page(trained_app, CONFUSION)
    page.selectbox(key="chosen_true").set_value(true).run()
    page.selectbox(key="chosen_predicted").set_value(predicted).run()
    row = slice(None) if true == "any class" else CLASS_NAMES.index(true)
    column = slice(None) if predicted == "any class" else CLASS_NAMES.index(predicted)
    count = int(counted(seen())[row, column].sum())
    assert f": {count:,} of {len(seen().images):,} images" in said(page)
    if count:
        (sheet,) = sent(page, "gallery")
        assert len(sheet["tiles"]) == min(count, 42)
        for tile in sheet["tiles"]:
            assert true in ("any class", tile["text"][1].split(" ", 1)[1].rsplit(" ", 1)[0])
            assert predicted in ("any class", tile["text"][0].split(" ", 1)[1].rsplit(" ", 1)[0])


def test_the_classes_go_through_the_epochs(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, CONFUSION)
    for place, measure in enumerate(("precision", "recall", "F1")):
        page.button_group(key="course_measure").set_value(measure).run()
        figure = next(
            found
            for chart in sent(page, "live_chart")
            if (found := json.loads(chart["figure"]))["layout"]["title"]["text"].endswith("of each class")
        )
        for epoch in (1, 2):
            judged = seen(epoch)
            expected = precision_recall_fscore_support(
                judged.images.labels, judged.logits.argmax(1), labels=range(10), zero_division=0.0
            )[place]
            drawn = [line["y"][epoch - 1] for line in figure["data"]]
            assert drawn == pytest.approx(list(expected), abs=1e-5)


def test_calibration_is_told_with_its_numbers(trained_app: AppTest, open_page: Open):
    page = open_page(trained_app, CONFUSION)
    judged = seen()
    fit = fit_temperature(judged.logits, judged.images.labels)
    error = reliability(judged.logits, judged.images.labels).expected_error
    assert fit is not None
    assert any(f"calibration error {error:.2%}, 15 bins" in chart["alt"] for chart in sent(page, "live_chart"))
    assert f"**Temperature {fit.temperature:.2f}**, fitted on one half of these images (n = 250)" in said(page)
    page.slider(key="confidence_threshold").set_value(30).run()
    answered = judged.logits.softmax(1).max(1).values >= 0.3
    assert f"With a confidence of at least 30% it predicts **{float(answered.float().mean()):.1%}**" in said(page)
    page.radio(key="part").set_value("test").run()
    assert "Temperature" not in said(page)  # nothing is fitted on test images
    assert "The test images are evaluated once" in said(page)


KINDS = {
    "stopped early": {"training.epochs": 1},
    "no convolution": {"architecture.layers": [], "architecture.hidden": [{"units": 16}]},
    "no validation images": {"data.validation": "none"},
    "guided by the test images": {"data.validation": "test"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entry", [CONFUSION, FAILURES], ids=lambda entry: entry.name)
def test_every_kind_of_run_can_be_looked_at(trained_app: AppTest, open_page: Open, kind, entry):
    run = train(**KINDS[kind])
    page = open_page(trained_app, entry)
    page.selectbox(key="picked_run").set_value(run).run()
    page.selectbox(key="chosen_true").set_value("Shirt").run()
    assert not page.exception
    assert not page.error
    assert not page.warning
