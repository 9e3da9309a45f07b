"""`reproduce` through the real `main`, with small trainings on the sample."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from calling import Call, Outcome, caller

from playground.commands import reproduce
from playground.data.sources.datasets import Datasets
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.reproduction import published
from playground.reproduction.published import PUBLISHED, System
from playground.system.executors import InlineExecutor
from playground.training.record import Run


@pytest.fixture
def call(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Reproduce in a home of its own."""
    return caller(monkeypatch, capsys, "reproduce")


@pytest.fixture
def small(call: Call, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The same with every system cut down to two epochs on some images of the sample."""
    whole, named = published.as_published, Datasets.named
    cut = {"data.fraction": 0.005, "training.epochs": 2, "training.schedule.name": "constant"}

    def shortened(name: str) -> System:
        system = whole(name)
        after = dict(enumerate(system.article.after.values(), 1))
        article = replace(system.article, after=after)
        return replace(system, experiment=system.experiment.changed(cut), article=article)

    monkeypatch.setattr(published, "as_published", shortened)
    monkeypatch.setattr(Datasets, "fetch", lambda self, source, progress: None)
    monkeypatch.setattr(Datasets, "named", lambda self, _: named(self, "sample"))
    return call


def runs(home: Path) -> tuple[Run, ...]:
    return Lab(Settings(home=home), InlineExecutor()).library.runs()


def refusal(outcome: Outcome) -> str:
    status, out, err = outcome
    assert (status, out, err.count("\n")) == (2, "", 1)
    return err.strip()


def test_its_object_and_its_runs(small: Call, home: Path) -> None:
    status, out, err = small("lenet-tanh", "input-batch-norm", "--seeds", "2", "--json")
    assert (status, out.count("\n")) == (0, 1)
    found = json.loads(out, parse_constant=pytest.fail)
    assert found["command"] == "python -m playground reproduce lenet-tanh input-batch-norm --seeds 2"
    assert [system["name"] for system in found["systems"]] == ["input-batch-norm", "lenet-tanh"]
    assert [run["seed"] for run in found["systems"][0]["runs"]] == [420, 421]
    names = [run.name for run in runs(home)]
    assert names == ["input-batch-norm, as published", "lenet-tanh, as published"] * 2
    assert all(run.experiment.data.validation == "test" for run in runs(home))
    assert "[1 of 4] input-batch-norm, seed 420: epoch 1 of 2, " in err
    assert " left in all" in err


def test_the_second_call_trains_nothing_and_again_everything(small: Call, home: Path) -> None:
    _, first, _ = small("lenet-tanh", "--seeds", "1", "--json")
    status, second, err = small("lenet-tanh", "--seeds", "1", "--json")
    assert status == 0
    assert len(runs(home)) == 1
    assert re.fullmatch(r"lenet-tanh, seed 0: run \S+ did it already and is used; --again trains anew\.\n", err)
    (before,), (after,) = (json.loads(text)["systems"] for text in (first, second))
    assert after["runs"][0] == {**before["runs"][0], "trained_before": True}
    small("lenet-tanh", "--seeds", "1", "--again")
    assert len(runs(home)) == 2


def test_in_words(small: Call) -> None:
    status, out, _ = small("three-conv-batch-norm", "lenet-batch-norm", "two-conv-same", "--seeds", "1")
    assert status == 0
    for words in (
        "parameters  reported   accuracy       reported   spread",
        "after the last epoch, never the best one",
        "  after 1 epochs ",
        "not reached: 91.89 % reported, ",
        "75.00 %",
        "under 90 %",
        "lenet-batch-norm            44,470    44,426",
        "  ours: adam at 0.001, 2 epochs, batch 128",
        '"almost 90 %" reported, ',
    ):
        assert words in out


def test_all_of_them_into_a_document(small: Call, tmp_path: Path) -> None:
    file = tmp_path / "reproduction.md"
    status, out, _ = small("--seeds", "1", "--markdown", str(file), "--json")
    assert status == 0
    assert [system["name"] for system in json.loads(out)["systems"]] == list(PUBLISHED)
    text = file.read_text(encoding="utf-8")
    assert "`python -m playground reproduce --seeds 1 --markdown reproduction.md`" in text
    assert str(tmp_path) not in text
    for name in PUBLISHED:
        assert f"\n| `{name}` | " in text


def test_a_diverged_training_ends_with_1(small: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened = published.as_published

    def steep(name: str) -> System:
        system = shortened(name)
        rate = {"training.optimizer": {"name": "sgd", "learning_rate": 1e9}}
        return replace(system, experiment=system.experiment.changed(rate))

    monkeypatch.setattr(published, "as_published", steep)
    status, out, err = small("lenet-relu", "--seeds", "1")
    assert status == 1
    assert "not measured" in out
    assert "  seed 0 diverged: " in out
    assert "Traceback" not in err


def test_an_interruption_ends_in_a_sentence(small: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(sentence: str) -> None:
        print(sentence, file=sys.stderr)
        if sentence.startswith("[2 of 2] lenet-tanh, seed 1: epoch 1"):
            raise KeyboardInterrupt

    monkeypatch.setattr(reproduce, "tell", interrupted)
    status, out, err = small("lenet-tanh", "--seeds", "2")
    assert (status, out) == (130, "")
    assert err.endswith("1 of 2 runs are finished and kept: the same call goes on from there.\n\nInterrupted.\n")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nosuch"], '"nosuch" is none of the published systems. Published: two-conv-three-fc, '),
        (["lenet-tanh", "quick"], '"quick" is a recipe of our own, and there is no reported figure'),
        (["--seeds", "0"], "0 is not in the range 1<=x<=100"),
        (["--seeds", "x"], "'x' is not a valid integer"),
        (["--markdown", "/nowhere/at/all/x.md"], "/nowhere/at/all is no folder that can be written to"),
        (["--markdown", "/"], "is a directory"),
        (["--data", "/nowhere"], "'/nowhere' does not exist"),
    ],
)
def test_wrong_input_is_refused_in_a_sentence(call: Call, home: Path, arguments: list[str], reason: str) -> None:
    assert reason in refusal(call(*arguments))
    assert not (home / "runs").exists()


def test_the_sample_is_not_enough(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Datasets, "fetch", lambda self, source, progress: None)
    assert "The full Fashion-MNIST is not on this machine: run" in refusal(call("lenet-tanh"))
    assert not (home / "runs").exists()
