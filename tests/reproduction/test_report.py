"""What was measured, as JSON and as a document."""

import json
from dataclasses import replace
from typing import Any

import pytest
from records import record
from small import TINY

from playground.data.classes import CLASS_NAMES
from playground.reproduction.articles import Article
from playground.reproduction.markdown import markdown
from playground.reproduction.published import System, systems
from playground.reproduction.report import Conditions, document
from playground.reproduction.reproduction import Measurement, Row
from playground.training.events import EpochMetrics

CONDITIONS = Conditions(
    date="2026-01-31",
    processor="Some processor",
    torch="2.0",
    command="python -m playground reproduce --seeds 3",
    seeds=3,
    source="debian",
    verified=True,
    train_images=60_000,
    test_images=10_000,
)


def row(system: System, *accuracies: float, faults: tuple[str, ...] = ()) -> Row:
    """A row with these accuracies, and with 90 % after every epoch on the way."""
    recalls = tuple(0.75 if name == "Shirt" else 0.95 for name in CLASS_NAMES) if system.article.weak else ()
    epochs = tuple(
        EpochMetrics(epoch, 60_000, 0.2, 0.9, 0.2, 0.9, 0.1, 1.5)
        for epoch in range(1, system.experiment.training.epochs + 1)
    )
    measured = tuple(
        Measurement(
            record(
                number,
                experiment=system.seeded(number),
                epochs=epochs,
                device="cpu",
                threads=2,
                train_seconds=100.0,
            ),
            accuracy,
            recalls,
        )
        for number, accuracy in enumerate(accuracies)
    )
    return Row(system, measured, faults, 10_000)


def published(name: str, *accuracies: float) -> Row:
    (system,) = systems([name])
    return row(system, *accuracies)


ROWS = [
    published("two-conv-three-fc", 0.87, 0.88, 0.89),
    published("two-conv-same", 0.89, 0.891, 0.892),
    published("three-conv-batch-norm", 0.911, 0.912, 0.913),
    published("lenet-batch-norm", 0.8955, 0.896, 0.8935),
    published("lenet-32-64", 0.915, 0.916, 0.917),
]


def lines_of(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


class TestDocument:
    def test_it_is_json_with_everything(self) -> None:
        found: dict[str, Any] = json.loads(json.dumps(document(ROWS, CONDITIONS)))
        assert (found["processor"], found["seeds"], found["train_images"]) == ("Some processor", 3, 60_000)
        by_name = {system["name"]: system for system in found["systems"]}
        largest = by_name["lenet-32-64"]
        assert (largest["reported_parameters"], largest["parameters"]) == (306_622, 306_622)
        assert (largest["reported_accuracy"], largest["n"], largest["reached"]) == (0.94, 3, False)
        assert largest["mean_accuracy"] == pytest.approx(0.916)
        assert largest["spread"] == pytest.approx(0.001)
        assert largest["standard_error"] == pytest.approx(0.00277, abs=1e-5)
        assert largest["verdict"] == "not reached: 94.0 % reported, 91.60 % measured"
        assert largest["train_seconds"] == 100
        assert [run["seed"] for run in largest["runs"]] == [0, 1, 2]
        assert (largest["settings"]["epochs"], largest["settings_from_article"]) == (12, False)
        assert by_name["two-conv-same"]["reported_accuracy"] is None
        assert by_name["two-conv-same"]["reported_in_words"] == "almost 90 %"
        three = by_name["three-conv-batch-norm"]
        assert [(each["epoch"], each["reported_accuracy"]) for each in three["after"]] == [(50, 0.9078)]
        assert [each["name"] for each in three["classes"]] == list(CLASS_NAMES)

    def test_a_system_without_a_result(self) -> None:
        (system,) = systems(["three-conv-batch-norm"])
        (found,) = document([row(system, faults=("seed 0 diverged: so.",))], CONDITIONS)["systems"]
        assert (found["mean_accuracy"], found["n"], found["verdict"]) == (None, 0, "not measured")
        assert found["faults"] == ["seed 0 diverged: so."]


class TestMarkdown:
    TEXT = markdown(ROWS, CONDITIONS)

    def test_its_origin(self) -> None:
        for words in (
            "2026-01-31",
            "`python -m playground reproduce --seeds 3`",
            "Some processor",
            "torch 2.0",
            "n = 3",
        ):
            assert words in self.TEXT
        assert "cpu with 2 threads" in self.TEXT
        assert "60,000 training and 10,000 test images, exactly the published images" in self.TEXT
        assert "that of the last epoch, never of the best one" in self.TEXT
        assert "earlier calls" not in self.TEXT

    def test_a_line_a_system(self) -> None:
        (line,) = lines_of(self.TEXT, "| `lenet-batch-norm` | 44,426 | 44,470 ")
        assert "| 89.6 % | **89.50 %** | 89.55, 89.60, 89.35 | 3 | 0.13 | 0.31 | 100 | **no** |" in line
        (words,) = lines_of(self.TEXT, "| `two-conv-same` |")
        assert '| "almost 90 %" | **89.10 %** |' in words
        assert words.endswith("| no figure to reach |")
        (midway,) = lines_of(self.TEXT, "| `three-conv-batch-norm`, after 50 epochs |")
        assert "| 90.78 % | **90.00 %** | 90.00, 90.00, 90.00 | 3 | 0.00 | 0.30 |" in midway

    def test_every_table_is_one(self) -> None:
        widths: list[int] = []
        for line in [*self.TEXT.splitlines(), ""]:
            if line.startswith("|"):
                widths.append(line.count("|"))
            else:
                assert len(set(widths)) <= 1
                widths = []

    def test_what_is_not_reached_is_said_plainly(self) -> None:
        missed = lines_of(self.TEXT.partition("## Not reached")[2].partition("##")[0], "- ")
        assert missed == [
            "- `three-conv-batch-norm`: 91.89 % reported, 91.20 % measured (mean of 3 seeds, the best 91.30 %).",
            "- `lenet-batch-norm`: 89.6 % reported, 89.50 % measured (mean of 3 seeds, the best 89.60 %). "
            "The gap of 0.10 points is within one standard error of the test set.",
            "- `lenet-32-64`: 94.0 % reported, 91.60 % measured (mean of 3 seeds, the best 91.70 %).",
            "- `three-conv-batch-norm` after 50 epochs: 90.78 % reported, 90.00 % measured "
            "(mean of 3 seeds, the best 90.00 %).",
        ]
        assert "The highest mean of these systems is 91.60 %, `lenet-32-64`." in self.TEXT

    def test_classes_of_the_system_whose_article_looks_at_them(self) -> None:
        assert self.TEXT.count(" by class") == 1
        assert "| Shirt | 75.0 % | 75.00 % | 0.00 |" in self.TEXT
        assert '| Pullover | "under 90 %" | 95.00 % | 0.00 |' in self.TEXT
        assert "| Bag | - | 95.00 % | 0.00 |" in self.TEXT
        assert "Under 90% in the article: T-shirt/top, Pullover, Shirt; measured: Shirt." in self.TEXT

    def test_settings_that_were_ours(self) -> None:
        ours = self.TEXT.partition("## Settings that are ours")[2]
        assert "| `lenet-32-64` | Adam | 0.001, constant | 12 | 128 |" in ours
        assert "| `two-conv-same` |" not in ours

    def test_notes_of_the_articles_and_the_miscount(self) -> None:
        notes = self.TEXT.partition("## About the articles")[2]
        assert "- `lenet-batch-norm`, `lenet-32-64`: A series from an MLP" in notes
        assert "- `lenet-batch-norm`: 44,426 parameters in the article, 44,470 counted." in notes

    def test_runs_of_earlier_calls_are_counted(self) -> None:
        first = ROWS[0]
        used = replace(first, measured=tuple(replace(each, earlier=True) for each in first.measured))
        assert "Of 6 runs 3 had been trained by earlier calls." in markdown([used, ROWS[1]], CONDITIONS)

    def test_nothing_missed_and_nothing_measured(self) -> None:
        reached = markdown([published("lenet-tanh", 0.9)], replace(CONDITIONS, verified=False))
        assert "Every figure that an article gives and that was measured is reached." in reached
        assert "not exactly the published images" in reached
        bad = System("bad", TINY, 0.9, Article(0))
        nothing = markdown([row(bad, faults=("seed 0 diverged: so.",))], CONDITIONS)
        assert "## Trainings without a result\n\n- `bad`, seed 0 diverged: so." in nothing
        assert "**not measured**" not in nothing
