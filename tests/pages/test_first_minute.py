"""The first minute: nothing trained yet, and Confusion, Failures and Predict have something to show."""

from collections.abc import Callable

import pytest
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, FAILURES, PREDICT, PageEntry
from playground.data.classes import CLASS_NAMES
from playground.data.sources.originals import DEBIAN_FOLDER
from playground.experiment.presets import PRESETS
from playground.metrics.classification import accuracy
from playground.metrics.mistakes import Answers

Open = Callable[[AppTest, PageEntry], AppTest]


def picker(page: AppTest):
    return next(box for box in page.sidebar.selectbox if box.key == "picked_run")


def quick_part(**changes):
    return PRESETS["quick"].experiment.changed({"data.fraction": 0.02, "training.epochs": 1, **changes})


@pytest.mark.parametrize("entry", [CONFUSION, FAILURES, PREDICT], ids=lambda entry: entry.name)
def test_it_is_shown_and_labelled(app: AppTest, open_page: Open, entry: PageEntry):
    page = open_page(app, entry)
    recipe = "robust" if entry == PREDICT else "quick"
    assert picker(page).value == {"quick": "example", "robust": "example-robust"}[recipe]
    assert [label.split(" · ")[0] for label in picker(page).options] == ["quick (example)", "robust (example)"]
    assert f"**Example.** {recipe} (example) is included in the playground" in said(page)
    assert not page.error
    assert "There is no run yet" not in said(page)


@pytest.mark.parametrize(("part", "count"), [("validation", 500), ("test", 1_000)])
def test_with_the_sample_alone_it_is_judged_by_the_sample(app: AppTest, open_page: Open, part: str, count: int):
    page = open_page(app, CONFUSION)
    page.radio(key="part").set_value(part).run()
    assert not page.exception
    assert not page.error
    seen = lab().scores.scored(lab().library.examples()[0], part)
    share = accuracy(seen.logits, seen.images.labels)
    assert page.markdown[0].value.startswith(f"**{share:.2%}** of {count:,} {part} images of the bundled sample, ")
    assert "The images that this run was trained with are not here" in said(page)
    assert list(page.dataframe[0].value["Images"]) == [count // 10] * 10


def test_with_the_sample_alone_its_failures_are_those_of_the_sample(app: AppTest, open_page: Open):
    page = open_page(app, FAILURES)
    seen = lab().scores.scored(lab().library.examples()[0], "validation")
    wrong = Answers.of(seen.logits, seen.images.labels).wrong.sum()
    assert f"**{wrong:,}** wrong of 500 validation images of the bundled sample, never trained on" in said(page)
    page.selectbox(key="chosen_true").set_value("Shirt").run()
    assert not page.exception
    assert not page.error


def test_with_the_sample_alone_it_answers(app: AppTest, open_page: Open):
    page = open_page(app, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    assert not page.exception
    assert not page.error
    assert any(text.value[4:] in CLASS_NAMES for text in page.markdown if text.value.startswith("### "))
    assert "says **robust (example)** after" in said(page)
    page.multiselect(key="other_networks").set_value(["example"]).run()
    assert list(page.dataframe[0].value["Network"]) == ["robust (example)", "quick (example)"]


@pytest.mark.full_data
@pytest.mark.skipif(not DEBIAN_FOLDER.is_dir(), reason="Debian's dataset-fashion-mnist is not here")
@pytest.mark.parametrize(("part", "count"), [("validation", 5_000), ("test", 10_000)])
def test_with_the_full_set_its_kept_scores_are_shown(app: AppTest, open_page: Open, part: str, count: int):
    lab().datasets.wait()
    page = open_page(app, CONFUSION)
    page.radio(key="part").set_value(part).run()
    run = lab().library.examples()[0]
    share = run.validation_accuracy if part == "validation" else run.test_accuracy
    assert page.markdown[0].value.startswith(f"**{share:.2%}** of {count:,} {part} images, ")
    assert "bundled sample" not in said(page)
    assert not page.error
    assert not open_page(page, FAILURES).error


def test_a_run_of_ones_own_comes_first(trained_app: AppTest, open_page: Open):
    (own,) = lab().library.runs()
    page = open_page(trained_app, CONFUSION)
    assert picker(page).value == own.run
    assert picker(page).options[-2].startswith("quick (example) · ")
    assert "Example." not in said(page)
    picker(page).set_value("example").run()
    assert "**Example.**" in said(page)
    assert "Train a network" not in said(page)
    assert picker(open_page(page, FAILURES)).value == "example"  # it was asked for, and stays


def test_it_gives_way_to_the_first_run_of_ones_own(app: AppTest, open_page: Open):
    page = open_page(app, CONFUSION)
    assert picker(page).value == "example"
    own = lab().trainer.start(
        quick_part()
    )  # not by the button of this tab: by another one, or from the command line
    until(lambda: lab().library.run(own).state.is_final)
    assert picker(open_page(page, FAILURES)).value == own


def test_train_has_nothing_to_show_of_it_unless_it_is_asked_for(app: AppTest):
    assert any("No run yet" in info.value for info in app.info)
    app.query_params["run"] = "example"
    app.run()
    assert not app.exception
    assert not app.error
    assert "**quick (example)** · done" in said(app)
