"""The page of doubtful labels and near-duplicates."""

import csv
import io
from collections.abc import Callable

import numpy as np
import pytest
from cleanlab.rank import get_label_quality_scores
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.analysis.near_duplicates import PARTS
from playground.app.shared.cache import lab
from playground.app.shared.navigation import LABELS, PageEntry
from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData, split
from playground.errors import DataError
from playground.experiment.presets import PRESETS
from playground.lab.cross_validation import fold_of
from playground.metrics.classification import accuracy
from playground.metrics.label_issues import find_label_issues
from playground.metrics.near_duplicates import NEAR

Open = Callable[[AppTest, PageEntry], AppTest]


def look_at(page: AppTest, part: str) -> AppTest:
    page.button_group(key="look").set_value(part).run()
    assert not page.exception
    return page


class TestValidation:
    def test_the_doubts_are_those_of_the_kept_scores(self, trained_app: AppTest, open_page: Open) -> None:
        page = open_page(trained_app, LABELS)
        (run,) = lab().library.runs()
        logits, labels = lab().scores.logits(run, "validation"), lab().scores.images(run, "validation").labels
        found = find_label_issues(logits.double().softmax(1).numpy(), labels.numpy())
        assert f"**{len(found):,}** label issues ({len(found) / 500:.1%}) among 500 validation images" in said(
            page
        )
        assert "The network may be wrong, and not the label" in said(page)
        page.selectbox(key="doubts_given").set_value("Shirt").run()
        box = page.selectbox(key=f"doubt-validation-{run.run}-2")
        assert (
            box.options
            == [f"no. {d.index}, Shirt or {CLASS_NAMES[d.likelier]}" for d in found if d.label == 6][:120]
        )

    def test_one_opens_with_its_neighbours(self, trained_app: AppTest, open_page: Open) -> None:
        page = open_page(trained_app, LABELS)
        (run,) = lab().library.runs()
        seen = lab().scores.scored(run, "validation")
        issue = find_label_issues(seen.logits.double().softmax(1).numpy(), seen.images.labels.numpy())[0]
        page.selectbox(key=f"doubt-validation-{run.run}-2").set_value(issue.index).run()
        names = [
            CLASS_NAMES[n] for n in lab().scores.neighbours(run, seen.images.pixels[issue.index]).nearest.labels
        ]
        page.run()  # they were looked for in the background
        given, likelier = CLASS_NAMES[issue.label], CLASS_NAMES[issue.likelier]
        assert (
            f"Of its 5 nearest training images {names.count(given)} are labelled {given}, {names.count(likelier)} "
            f"{likelier}."
        ) in said(page)

    def test_the_csv_has_all_of_them(self, trained_app: AppTest) -> None:
        from playground.app.inspect.label_issues_view import as_csv  # once the app runs: it has components

        (run,) = lab().library.runs()
        seen = lab().scores.scored(run, "validation")
        found = find_label_issues(seen.logits.double().softmax(1).numpy(), seen.images.labels.numpy())
        rows = list(csv.DictReader(io.StringIO(as_csv(found, lambda _: run))))
        qualities = get_label_quality_scores(
            seen.images.labels.numpy(), seen.logits.double().softmax(1).numpy(), method="normalized_margin"
        )
        assert [int(row["image"]) for row in rows] == [issue.index for issue in found]
        for row, issue in zip(rows, found, strict=True):
            probabilities = seen.logits[issue.index].double().softmax(0)
            assert row["given"] == CLASS_NAMES[seen.images.labels[issue.index]]
            assert float(row["given_probability"]) == pytest.approx(float(probabilities[issue.label]), abs=1e-6)
            assert row["likelier"] == CLASS_NAMES[probabilities.argmax()]
            assert float(row["likelier_probability"]) == pytest.approx(float(probabilities.max()), abs=1e-6)
            assert float(row["quality"]) == pytest.approx(qualities[issue.index], abs=1e-6)
            assert row["judged_by_run"] == run.run

    def test_a_run_on_all_images_says_what_to_do(self, trained_app: AppTest, open_page: Open) -> None:
        (run,) = lab().library.runs()
        other = lab().trainer.start(run.experiment.changed({"data.validation": "none", "training.epochs": 1}))
        until(lambda: not lab().library.live())
        open_page(trained_app, LABELS)
        trained_app.selectbox(key="picked_run").set_value(other).run()
        assert "This run has no validation images" in said(trained_app)

    def test_the_example_is_looked_at_before_there_is_a_run(self, app: AppTest, open_page: Open) -> None:
        assert "label issues" in said(open_page(app, LABELS))


class TestTraining:
    def test_networks_are_trained_and_the_doubts_appear(
        self, trained_app: AppTest, open_page: Open, sample: FashionData, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            lab().datasets, "current", lambda: sample
        )  # the full set may be here, and takes minutes
        page = look_at(open_page(trained_app, LABELS), "Training images")
        (run,) = lab().library.runs()
        name = next(option for option in page.selectbox(key="folds_experiment").options if "(the run)" in option)
        page.selectbox(key="folds_experiment").set_value(name).run()
        page.button_group(key="folds_count").set_value(3).run()
        next(button for button in page.button if button.label == "Train 3 networks").click().run()
        assert not page.exception
        until(lambda: not lab().cross_validation.thread.is_running)
        page.run()
        assert not page.exception
        crossed = lab().cross_validation.crossed(run.experiment, 3)
        assert crossed is not None
        assert f"**{len(crossed.issues):,}** label issues" in said(page)
        assert "among 6,000 training images, each evaluated by the one of 3 runs that left it out" in said(page)
        assert len(lab().library.runs()) == 4
        first = crossed.issues[0]
        assert lab().library.run(crossed.judge(first.index).run).experiment in [
            fold_of(run.experiment, fold, 3) for fold in (1, 2, 3)
        ]

    def test_it_can_be_cancelled(self, trained_app: AppTest, open_page: Open) -> None:
        page = look_at(open_page(trained_app, LABELS), "Training images")
        next(button for button in page.button if button.label == "Train 5 networks").click().run()
        until(lambda: bool(lab().library.live()))
        page.run()
        page.button(key="cancel_task").click().run()
        until(lambda: not lab().cross_validation.thread.is_running)
        page.run()
        assert "Cancelled. What was done is kept." in said(page)
        assert lab().cross_validation.done(PRESETS["quick"].experiment, 5) == {}


class TestNearDuplicates:
    def test_they_are_looked_for_and_shown_with_accuracies(self, trained_app: AppTest, open_page: Open) -> None:
        page = look_at(open_page(trained_app, LABELS), "Near-duplicates")
        next(button for button in page.button if button.label == "Look for near-duplicates").click().run()
        until(lambda: not lab().near_duplicates.thread.is_running)
        page.run()
        assert not page.exception
        (run,) = lab().library.runs()
        data = lab().scores.data_of(run)
        found = lab().near_duplicates.found(data)
        assert tuple(found) == tuple(PARTS)
        pairs = found["test-train"].within(NEAR)
        assert f"**{len(pairs)}** pairs among 1,000 test images and 6,000 training images" in said(page)
        page.slider(key="twins_distance").set_value(0.15).run()
        table = page.dataframe[0].value
        logits, labels = lab().scores.logits(run, "test"), data.test.labels
        choice = run.experiment.data
        learned = split(data, "held-out", choice.fraction).train.pixels
        pairs = found["test-train"]
        duplicates = {
            i
            for i, j in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
            if (learned == data.train.pixels[j]).flatten(1).all(1).any()
        }
        rest = np.array([i not in duplicates for i in range(1000)])
        assert list(table["Images"]) == [1000, 1000 - len(duplicates), len(duplicates)]
        assert table["Accuracy"][0] == pytest.approx(100 * accuracy(logits, labels))
        assert table["Accuracy"][1] == pytest.approx(100 * accuracy(logits[rest], labels[rest]))
        assert duplicates
        assert table["Accuracy"][2] == pytest.approx(100 * accuracy(logits[~rest], labels[~rest]))
        p = accuracy(logits[rest], labels[rest])
        assert table["Standard error"][1] == pytest.approx(100 * (p * (1 - p) / rest.sum()) ** 0.5)

    def test_the_csv_and_the_counts_are_those_of_numpy(
        self, trained_app: AppTest, open_page: Open, sample: FashionData
    ) -> None:
        from playground.app.inspect.near_duplicates_view import as_csv

        lab().near_duplicates.start(sample)
        until(lambda: not lab().near_duplicates.thread.is_running)
        page = look_at(open_page(trained_app, LABELS), "Near-duplicates")
        page.slider(key="twins_distance").set_value(0.15).run()
        pairs = lab().near_duplicates.found(sample)["test-train"]
        rows = list(csv.DictReader(io.StringIO(as_csv("test-train", pairs, sample.test, sample.train))))
        same = 0
        for row in rows:
            i, j = int(row["test_image"]), int(row["training_image"])
            a, b = (part.pixels[n].numpy().astype(float) for part, n in ((sample.test, i), (sample.train, j)))
            lengths = np.sqrt(np.linalg.norm(a) * np.linalg.norm(b))
            assert float(row["distance"]) == pytest.approx(np.linalg.norm(a - b) / lengths, abs=1e-6)
            assert row["label"] == CLASS_NAMES[sample.test.labels[i]]
            assert row["label_2"] == CLASS_NAMES[sample.train.labels[j]]
            same += int((a == b).all())
        disagree = sum(row["label"] != row["label_2"] for row in rows)
        assert (
            f"**{len(rows):,}** pairs among 1,000 test images and 6,000 training images of the bundled sample; "
            f"{same or 'none'} have the same pixels; {disagree or 'none'} disagree in their labels."
        ) in said(page)

    def test_a_run_on_other_images_is_not_compared(
        self, app: AppTest, open_page: Open, sample: FashionData, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The example was trained on the full set; let there be the sample alone."""

        def gone(*_: object) -> FashionData:
            raise DataError("It is not here.")

        monkeypatch.setattr(lab().scores, "data_of", gone)
        monkeypatch.setattr(lab().datasets, "current", lambda: sample)
        lab().near_duplicates.start(sample)
        until(lambda: not lab().near_duplicates.thread.is_running)
        look_at(open_page(app, LABELS), "Near-duplicates")
        assert "was trained on other images than are compared here" in said(app)
