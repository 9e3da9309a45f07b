"""A reproduction: which trainings, which are there already, and what is put beside what was reported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from records import record
from small import TINY

from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData
from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.reproduction.articles import Article
from playground.reproduction.published import System, systems
from playground.reproduction.reproduction import Measurement, Reproduction, Row, finished, wanted
from playground.system.executors import InlineExecutor
from playground.training.events import RateChanged
from playground.training.record import DataOrigin, RunState

AS_PUBLISHED = TINY.changed({"data.validation": "test", "training.seed": 7})
WEAK = Article(0, after={1: 0.999}, weak=("Shirt", "Coat"), classes={"Shirt": 0.75})
SHORT = System("short", AS_PUBLISHED, 0.01, WEAK)
LONG = System("long", AS_PUBLISHED.changed({"training.epochs": 3}), None, Article(0, words="almost 90 %"))


@pytest.fixture
def lab(home: Path) -> Lab:
    """Trains on the sample, where it is told to."""
    return Lab(Settings(home=home), InlineExecutor())


def reproduction(lab: Lab, data: FashionData, say: Callable[[str], None] = lambda _: None) -> Reproduction:
    return Reproduction(lab, data, say)


class TestWanted:
    def test_every_systems_first_seed_comes_first_and_short_trainings_before_long_ones(self) -> None:
        assert [str(each) for each in wanted((LONG, SHORT), 2)] == [
            "short, seed 7", "long, seed 7", "short, seed 8", "long, seed 8",
        ]  # fmt: skip

    def test_of_the_published_systems(self) -> None:
        everything = wanted(systems(), 3)
        assert len(everything) == len(set(everything)) == 36
        assert everything[0].system.name == "input-batch-norm"
        assert {each.system.name for each in everything[:12]} == {system.name for system in systems()}
        works = [each.system.work for each in everything]
        assert works == sorted(works[:12]) * 3


class TestFinished:
    RUN = record(1, experiment=AS_PUBLISHED)

    def test_exactly_the_same(self) -> None:
        assert finished([self.RUN], AS_PUBLISHED, "0") == self.RUN
        assert finished([], AS_PUBLISHED, "0") is None

    def test_the_newest_of_several(self) -> None:
        newest = record(2, experiment=AS_PUBLISHED)
        assert finished([self.RUN, newest], AS_PUBLISHED, "0") == newest

    @pytest.mark.parametrize(
        "changes",
        [
            {"experiment": AS_PUBLISHED.changed({"training.seed": 8})},
            {"experiment": AS_PUBLISHED.changed({"data.validation": "held-out"})},
            {"experiment": AS_PUBLISHED.changed({"training.precision": "auto"})},
            {"state": RunState.STOPPED},
            {"state": RunState.INTERRUPTED},
            {"state": RunState.RUNNING},
            {"rate_changes": (RateChanged(3, 0.5, 0.01),)},
            {"data": DataOrigin(name="sample", source="sample", fingerprint="1", verified=False)},
        ],
    )
    def test_anything_else_is_another(self, changes: dict[str, Any]) -> None:
        assert finished([self.RUN.model_copy(update=changes)], AS_PUBLISHED, "0") is None


class TestTraining:
    def test_a_row_a_system_from_ordinary_runs(self, lab: Lab, sample: FashionData) -> None:
        said: list[str] = []
        short, long = reproduction(lab, sample, said.append).rows((SHORT, LONG), 2)
        runs = lab.library.runs()
        assert [run.name for run in runs] == [f"{name}, as published" for name in ("short", "long") * 2]
        assert [run.experiment.training.seed for run in runs] == [7, 7, 8, 8]
        assert [each.run for each in short.measured] == [runs[0], runs[2]]
        assert short.accuracy.measured == (runs[0].test_accuracy, runs[2].test_accuracy)
        assert short.accuracy.images == len(sample.test)
        assert short.accuracy.reached is True
        assert long.accuracy.words == "almost 90 %"
        assert short.train_seconds == pytest.approx((runs[0].train_seconds + runs[2].train_seconds) / 2)
        assert short.faults == long.faults == ()
        assert not any(each.earlier for row in (short, long) for each in row.measured)
        assert said[0] == "[1 of 4] short, seed 7: begins"
        assert said[1].startswith("[1 of 4] short, seed 7: epoch 1 of 2, ")
        assert all(line.endswith(" left in all") for line in said if "epoch" in line)

    def test_accuracy_is_that_of_the_last_epoch(self, lab: Lab, sample: FashionData) -> None:
        (row,) = reproduction(lab, sample).rows((SHORT,), 1)
        (each,) = row.measured
        assert each.accuracy == each.run.epochs[-1].validation_accuracy == each.run.test_accuracy
        assert row.after[1].measured == (each.run.epochs[0].validation_accuracy,)
        assert row.after[1].verdict.startswith("not reached: 99.9 % reported, ")

    def test_classes_only_where_the_article_looks_at_them(self, lab: Lab, sample: FashionData) -> None:
        short, long = reproduction(lab, sample).rows((SHORT, LONG), 2)
        assert long.classes == {}
        assert tuple(short.classes) == CLASS_NAMES
        shirt, coat = short.classes["Shirt"], short.classes["Coat"]
        assert (shirt.reported, coat.reported, coat.words) == (0.75, None, "under 90 %")
        assert shirt.images == len(sample.test) // 10
        for seed in (0, 1):  # the classes are equally large: the mean of their recalls is the accuracy
            recalls = [figure.measured[seed] for figure in short.classes.values()]
            assert sum(recalls) / 10 == pytest.approx(short.accuracy.measured[seed])

    def test_what_is_finished_is_used_and_not_trained_again(self, lab: Lab, sample: FashionData) -> None:
        (first,) = reproduction(lab, sample).rows((SHORT,), 1)
        said: list[str] = []
        (second,) = reproduction(lab, sample, said.append).rows((SHORT,), 2)
        assert [each.earlier for each in second.measured] == [True, False]
        assert second.measured[0].run == first.measured[0].run
        assert second.measured[0].recalls == first.measured[0].recalls
        assert len(lab.library.runs()) == 2
        assert said[0] == (
            f"short, seed 7: run {first.measured[0].run.run} did it already and is used; --again trains anew."
        )
        assert said[1] == "[1 of 1] short, seed 8: begins"

    def test_again_trains_anew_to_the_same_weights(self, lab: Lab, sample: FashionData) -> None:
        (first,) = reproduction(lab, sample).rows((SHORT,), 1)
        (second,) = reproduction(lab, sample).rows((SHORT,), 1, again=True)
        assert second.measured[0].run.run != first.measured[0].run.run
        assert second.accuracy.measured == first.accuracy.measured
        assert not second.measured[0].earlier

    @pytest.mark.parametrize("again", [False, True])
    def test_an_interruption_keeps_what_is_finished(self, lab: Lab, sample: FashionData, again: bool) -> None:
        said: list[str] = []

        def interrupt(sentence: str) -> None:
            said.append(sentence)
            if sentence.startswith("[2 of 2] long, seed 7: epoch 1"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            reproduction(lab, sample, interrupt).rows((SHORT, LONG), 1, again)
        ending = "1 of 2 runs are finished and kept: the same call"
        assert said[-1] == f"{ending}{' without --again' if again else ''} goes on from there."
        short, long = reproduction(lab, sample).rows((SHORT, LONG), 1)
        assert [row.measured[0].earlier for row in (short, long)] == [True, False]

    def test_a_training_without_a_result_is_told_and_the_rest_goes_on(self, lab: Lab, sample: FashionData) -> None:
        steep = AS_PUBLISHED.changed(
            {"architecture.hidden": [{"units": 64}] * 4, "training.optimizer.learning_rate": 1e9}
        )
        said: list[str] = []
        bad, good = reproduction(lab, sample, said.append).rows((System("bad", steep, 0.9, WEAK), SHORT), 1)
        assert bad.measured == ()
        assert bad.faults[0].startswith("seed 7 diverged: ")
        assert any("bad, seed 7: diverged: " in line for line in said)
        assert (bad.accuracy.verdict, bad.train_seconds, bad.classes) == ("not measured", None, {})
        assert good.accuracy.mean is not None


def test_a_row_is_values_over_its_runs() -> None:
    experiment: Experiment = AS_PUBLISHED
    runs = [
        record(number, experiment=experiment.changed({"training.seed": number}), train_seconds=10.0 * number)
        for number in (1, 2, 3)
    ]
    measured = tuple(Measurement(run, 0.9 + run.experiment.training.seed / 100) for run in runs)
    row = Row(System("tiny", experiment, 0.93, Article(0)), measured, (), 10_000)
    assert row.accuracy.mean == pytest.approx(0.92)
    assert row.accuracy.spread == pytest.approx(0.01)
    assert row.accuracy.verdict == "not reached: 93.0 % reported, 92.00 % measured"
    assert row.train_seconds == pytest.approx(20)
    assert row.after == row.classes == {}
