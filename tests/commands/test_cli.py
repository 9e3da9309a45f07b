"""The command line, through the real `main`: one JSON object, sentences, exit statuses."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calling import Call, Outcome, caller
from full_set import put_into
from PIL import Image
from small import TINY

from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData
from playground.data.sources.datasets import Datasets
from playground.data.sources.originals import DEBIAN_FOLDER, ORIGINALS
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.examples import EXAMPLES
from playground.system.executors import InlineExecutor
from playground.training.record import Run

ROOT = Path(__file__).parents[2]
CLOSED = "http://127.0.0.1:1"  # nobody listens there
FEW = ("--set", "data.fraction=0.005", "--set", "training.epochs=1", "--set", "training.precision=float32")
needs_debian = pytest.mark.skipif(not DEBIAN_FOLDER.is_dir(), reason="Debian's dataset-fashion-mnist is not here")

TRAINED = {
    "run",
    "state",
    "parameters",
    "epochs",
    "train_images",
    "train_seconds",
    "wall_seconds",
    "precision",
    "threads",
    "validation_accuracy",
    "test_accuracy",
    "test_time_mirror",
    "test_time_shift",
}


@pytest.fixture
def call(
    home: Path, full_set: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Run a call in a home of its own, with the full set where this machine has it, without the network."""
    monkeypatch.setenv("PATH", "")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, CLOSED)
    put_into(home, full_set)
    yield caller(monkeypatch, capsys)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def run(home: Path) -> Run:
    """A finished run, trained on the sample."""
    lab = Lab(Settings(home=home), InlineExecutor())
    return lab.library.run(lab.trainer.start(TINY))


def refusal(outcome: Outcome) -> str:
    """The one sentence of a call that was refused."""
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err
    assert "Input should" not in outcome.err
    return outcome.err.strip()


class TestData:
    def test_the_sample(self, call: Call) -> None:
        outcome = call("data", "--source", "sample", "--json")
        assert outcome.document == {"source": "sample", "train": 6000, "test": 1000, "verified": True}

    @needs_debian
    @pytest.mark.full_data
    def test_the_full_set(self, call: Call) -> None:
        assert call("data", "--json").document == {
            "source": "debian",
            "train": 60_000,
            "test": 10_000,
            "verified": True,
        }

    def test_in_words(self, call: Call) -> None:
        outcome = call("data", "--source", "sample")
        assert outcome.out == "sample: 6,000 training and 1,000 test images\n"

    def test_a_source_that_does_not_exist(self, call: Call) -> None:
        assert "debian-download, sample" in refusal(call("data", "--source", "kaggle"))

    @pytest.mark.parametrize("arguments", [["data"], ["data", "--source", "local"], ["train", "quick", *FEW]])
    def test_a_named_folder_is_used_or_refused(
        self, call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
    ) -> None:
        mine = tmp_path / "mine"
        mine.mkdir()
        for original in ORIGINALS:
            (mine / original.gz).write_bytes(b"<html>503")
        reason = f"{mine / ORIGINALS[0].gz} is a web page"
        outcome = call(*arguments, "--data", str(mine))
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.splitlines()[-1].startswith(reason)
        monkeypatch.setenv("PLAYGROUND_DATA", str(mine))
        outcome = call(*arguments)
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.splitlines()[-1].startswith(reason)
        assert not (home / "runs").exists()

    def test_a_folder_beside_another_source_is_refused(self, call: Call, tmp_path: Path) -> None:
        said = refusal(call("data", "--source", "debian", "--data", str(tmp_path)))
        assert 'it is not where "debian" looks' in said

    def test_a_folder_in_a_file_is_told_to_be_unpacked(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "archive.zip").touch()
        said = refusal(call("data", "--data", str(tmp_path / "archive.zip")))
        assert said.endswith("archive.zip' is a file. Name the folder that it is unpacked in.")

    def test_what_is_used_in_place_of_all_is_said(
        self, call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.rmtree(home / "data", ignore_errors=True)
        monkeypatch.setattr(
            "playground.lab.lab.Datasets", partial(Datasets, debian_folder=home / "none", mirrors=(CLOSED,))
        )
        outcome = call("train", "mlp-baseline", *FEW, "--json")
        assert outcome.document["state"] == "done"
        assert "the sample of 7,000 images is used instead." in outcome.err

    def test_a_folder_that_does_not_exist(self, call: Call) -> None:
        assert "'/nowhere/at/all' does not exist" in refusal(call("data", "--data", "/nowhere/at/all"))


class TestPresets:
    def test_their_object(self, call: Call) -> None:
        presets = call("presets", "--json").document["presets"]
        assert [preset["name"] for preset in presets] == list(PRESETS)
        for preset in presets:
            assert set(preset) == {"name", "parameters", "epochs", "reported_accuracy", "article"}
        by_name = {preset["name"]: preset for preset in presets}
        assert by_name["lenet-32-64"]["parameters"] == 306_622
        assert by_name["lenet-32-64"]["reported_accuracy"] == 0.94
        assert by_name["two-conv-same"]["reported_accuracy"] is None
        assert (by_name["quick"]["article"], by_name["quick"]["reported_accuracy"]) == (None, None)

    def test_in_words(self, call: Call) -> None:
        assert "lenet-32-64               306,622 parameters" in call("presets").out


class TestTrain:
    def test_its_object(self, call: Call) -> None:
        outcome = call("train", "mlp-baseline", *FEW, "--set", "training.epochs=2", "--json")
        found = outcome.document
        assert outcome.status == 0
        assert set(found) == TRAINED
        assert (found["state"], found["parameters"], found["epochs"]) == ("done", 235_146, 2)
        assert found["precision"] == "float32"
        assert 0 < found["train_seconds"] < found["wall_seconds"]
        assert 0 <= found["validation_accuracy"] <= 1
        assert found["test_time_mirror"] is False
        assert outcome.out.count("\n") == 1
        assert "epoch 1/2: loss " in outcome.err
        assert f"resume {outcome.document['run']}" in outcome.err

    def test_mirror_averaging_is_said(self, call: Call) -> None:
        found = call("train", "mlp-baseline", *FEW, "--set", "data.test_time_mirror=true", "--json").document
        assert found["test_time_mirror"] is True

    def test_the_same_seed_gives_the_same_accuracy_and_another_does_not(self, call: Call) -> None:
        def scores(seed: int) -> tuple[float, float]:
            found = call("train", "mlp-baseline", *FEW, "--seed", str(seed), "--json").document
            return found["test_accuracy"], found["validation_accuracy"]

        assert scores(1) == scores(1)
        assert len({scores(seed) for seed in (1, 2, 3)}) > 1

    def test_in_words(self, call: Call) -> None:
        assert ": done, validation " in call("train", "mlp-baseline", *FEW).out

    def test_an_experiment_from_a_file(self, call: Call, tmp_path: Path) -> None:
        file = tmp_path / "mine.json"
        file.write_bytes(b"\xef\xbb\xbf" + TINY.model_dump_json().encode())  # as Windows' editor saves it
        found = call("train", str(file), *FEW, "--seed", "5", "--json").document
        shown = call("show", found["run"], "--json").document["experiment"]
        assert shown["training"]["seed"] == 5
        assert shown["architecture"] == TINY.model_dump(mode="json")["architecture"]

    def test_an_experiment_in_utf_16_under_the_own_folder(
        self, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "mine.json").write_text(TINY.model_dump_json(), encoding="utf-16")  # as PowerShell saves it
        assert call("train", "~/mine.json", *FEW, "--json").document["state"] == "done"

    def test_a_diverged_run_ends_with_1_and_a_sentence(self, call: Call, tmp_path: Path) -> None:
        deep = TINY.changed({"architecture.hidden": [{"units": 64}] * 4})
        (tmp_path / "deep.json").write_text(deep.model_dump_json())
        outcome = call(
            "train", str(tmp_path / "deep.json"), "--set", "training.optimizer.learning_rate=1e6", "--json"
        )
        assert outcome.status == 1
        assert outcome.document["state"] == "diverged"
        assert outcome.document["test_accuracy"] is None
        assert outcome.err.splitlines()[-1].endswith("The learning rate is 1e+06: try 0.1.")
        assert "Traceback" not in outcome.err

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["nosuch"], '"nosuch" is neither a preset nor a file. Presets: quick, '),
            (["/"], '"/" is neither a preset nor a file'),
            (["x" * 300], "File name too long"),
            (["quick", "--set", "training.epochs"], '"training.epochs" sets nothing. Write PATH=VALUE'),
            (["quick", "--set", "trainig.epochs=2"], '"trainig" is none of schema_version, architecture'),
            (["quick", "--set", "training.epoch=2"], "training.epoch: there is no such setting"),
            (["quick", "--set", "training.epochs=many"], "training.epochs: 'many' is not a whole number"),
            (["quick", "--set", "training.epochs=NaN"], "training.epochs: 'NaN' is not a whole number"),
            (["quick", "--set", "training.epochs=" + "[" * 50_000], "it is nested too deeply"),
            (["quick", "--set", "training.epochs=" + "9" * 5000], "is not a whole number"),
            (["quick", "--set", "architecture.layers.9.kernel=2"], '"9" is not a position from 0 to 3'),
            (["quick", "--set", "=1"], '"=1" sets nothing'),
            (["quick", "--set", "architecture.layers.0.stride=2"], 'conv1: "same" padding needs stride 1'),
            (["quick", "--seed", "-1"], "training.seed: -1 is too small"),
            (
                ["quick", "--seed", "1", "--set", "training.seed=2"],
                "--seed 1 and --set training.seed=2: leave one",
            ),
            (["quick", "--seed", "x"], "'x' is not a valid integer"),
            (["quick", "--device", "cpu"], "No such option"),
            (["quick", "lenet-relu"], "unexpected extra argument"),
            ([], "Missing argument"),
        ],
    )
    def test_wrong_input_is_refused_in_a_sentence(
        self, call: Call, home: Path, arguments: list[str], reason: str
    ) -> None:
        assert reason in refusal(call("train", *arguments))
        assert not (home / "runs").exists()

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "is not a JSON document"),
            (b"{", "is not a JSON document"),
            (b"\xff\xfe", "is not a JSON document"),
            (b"[" * 100_000, "is not a JSON document"),
            (b'{"data": {"fraction": 1, "fraction": 0.5}}', "names 'fraction' more than once, as 1 and 0.5"),
            (
                b'{"class_name": "Sequential", "config": {}}',
                "it has 'class_name', 'config', and an experiment has",
            ),
            (b'{"run": "a", "experiment": {"data": {}}}', 'What is under "experiment" is one.'),
            (b'{"schema_version": 1.5}', "Update the playground to open it"),
            (b"[]", "[] is not a group of settings"),
            (b'{"schema_version": 9}', "Update the playground to open it"),
            (b'{"training": {"epochs": 0}, "data": {"fraction": 2}}', "data.fraction: 2 is too large"),
            (b'{"training": {"epochs": 1e999}}', "training.epochs: inf is not a whole number"),
        ],
    )
    def test_a_bad_file_is_refused_in_a_sentence(
        self, call: Call, tmp_path: Path, content: bytes, reason: str
    ) -> None:
        file = tmp_path / "experiment.json"
        file.write_bytes(content)
        assert reason in refusal(call("train", str(file)))


class TestRunsAndShow:
    def test_an_empty_home(self, call: Call) -> None:
        examples = call("runs", "--json").document["runs"]
        assert [(each["run"], each["name"], each["example"]) for each in examples] == [
            ("example", "quick (example)", True),
            ("example-robust", "robust (example)", True),
        ]
        assert "No runs of your own yet. Train one: " in call("runs").out

    def test_a_long_name_stands_apart_from_the_state(self, call: Call, run: Run, home: Path) -> None:
        Lab(Settings(home=home)).library.say(run.run, name=40 * "n")
        assert f"{40 * 'n'}  done " in call("runs").out
        Lab(Settings(home=home)).library.say(run.run, name="")

    def test_the_object_of_runs(self, call: Call, run: Run) -> None:
        example, _, own = call("runs", "--json").document["runs"]
        assert own == {
            "run": run.run,
            "name": "1 conv, 0 dense",
            "state": "done",
            "seed": 0,
            "parameters": run.parameters,
            "epochs": 2,
            "validation_accuracy": run.validation_accuracy,
            "test_accuracy": run.test_accuracy,
            "created": run.created.isoformat(),
        }
        assert set(example) == {*own, "example"}
        told = call("runs").out
        assert f"{run.run}  1 conv, 0 dense" in told
        assert "quick (example)" in told.splitlines()[0]
        assert "No runs" not in told

    def test_the_object_of_show(self, call: Call, home: Path) -> None:
        run = call("train", "mlp-baseline", *FEW, "--json").document["run"]
        found = call("show", run, "--json").document
        assert set(found) == {"run", "state", "experiment", "epochs", "classes"}
        assert [epoch["epoch"] for epoch in found["epochs"]] == [1]
        assert [epoch["images"] for epoch in found["epochs"]] == [
            Lab(Settings(home=home)).library.run(run).train_images
        ]
        assert [set(row) for row in found["classes"]] == [{"name", "precision", "recall", "f1", "support"}] * 10
        assert tuple(row["name"] for row in found["classes"]) == CLASS_NAMES
        listed = call("runs", "--json").document["runs"][-1]
        support = [row["support"] for row in found["classes"]]
        right = sum(row["recall"] * row["support"] for row in found["classes"])
        assert right / sum(support) == pytest.approx(listed["test_accuracy"])
        assert f"{run}: done, 1 epochs" in call("show", run).out
        assert "xample" not in call("show", run).out

    @needs_debian
    @pytest.mark.full_data
    def test_the_example_is_judged_by_the_full_set(self, call: Call) -> None:
        found = call("show", "example", "--json").document
        assert found["example"] is True
        assert "is_substitute" not in found
        assert [row["support"] for row in found["classes"]] == [1000] * 10
        assert "bundled sample" not in call("show", "example").out

    def test_and_by_the_sample_where_that_is_not_here(self, call: Call, home: Path) -> None:
        shutil.rmtree(home / "data", ignore_errors=True)
        found = call("show", "example", "--json").document
        assert (found["example"], found["is_substitute"]) == (True, "sample")
        assert [row["support"] for row in found["classes"]] == [100] * 10
        told = call("show", "example").out
        assert "An example: it comes with the playground" in told
        assert "of the test images of the bundled sample" in told

    def test_a_damaged_run_hides_no_other(self, call: Call, run: Run, home: Path) -> None:
        other = home / "runs" / "broken"
        other.mkdir()
        (other / "run.json").write_text("{")
        outcome = call("runs", "--json")
        assert outcome.status == 0
        assert [listed["run"] for listed in outcome.document["runs"]] == [*EXAMPLES, run.run]
        assert outcome.err.startswith("The record of run broken is damaged")
        assert "The record of run broken is damaged" in refusal(call("show", "broken"))

    @pytest.mark.parametrize("name", ["nobody", "../runs", "", "x" * 300])
    def test_a_run_that_is_not_there(self, call: Call, name: str) -> None:
        assert refusal(call("show", name)).startswith("There is no run ")
        assert refusal(call("predict", name, "a.png")).startswith("There is no run ")


class TestPredict:
    @pytest.fixture
    def picture(self, tmp_path: Path, sample: FashionData) -> str:
        """A garment of the test images, dark on white."""
        grey = 255 - sample.test.pixels[0].numpy()
        Image.fromarray(np.kron(grey, np.ones((6, 6), np.uint8))).save(tmp_path / "garment.png")
        return str(tmp_path / "garment.png")

    def test_its_object(self, call: Call, run: Run, picture: str) -> None:
        outcome = call("predict", run.run, picture, "--json")
        assert outcome.status == 0
        assert set(outcome.document) == {"predictions"}
        (found,) = outcome.document["predictions"]
        assert set(found) == {"image", "label", "probabilities"}
        assert found["image"] == picture
        assert tuple(found["probabilities"]) == CLASS_NAMES
        assert sum(found["probabilities"].values()) == pytest.approx(1)
        assert found["probabilities"][found["label"]] == max(found["probabilities"].values())
        assert call("predict", run.run, picture).out == f"{picture}: {found['label']}\n"

    def test_the_example_answers_as_such(self, call: Call, picture: str) -> None:
        outcome = call("predict", "example", picture, "--json")
        assert set(outcome.document) == {"predictions", "example"}
        assert outcome.err == "Asked: quick (example), which comes with the playground.\n"
        label = outcome.document["predictions"][0]["label"]
        assert call("predict", "example", picture).out == f"{picture}: {label}\n"

    def test_a_bad_image_does_not_stop_the_rest(self, call: Call, run: Run, picture: str, tmp_path: Path) -> None:
        (tmp_path / "text.png").write_text("no picture")
        bad = [str(tmp_path / "text.png"), str(tmp_path / "missing.png"), str(tmp_path)]
        outcome = call("predict", run.run, bad[0], picture, bad[1], bad[2], picture, "--json")
        assert outcome.status == 1
        found = outcome.document["predictions"]
        assert [set(each) == {"image", "error"} for each in found] == [True, False, True, True, False]
        assert "No such file" in found[2]["error"]
        assert found[1] == found[4]
        assert "Traceback" not in outcome.err

    def test_a_file_without_end_is_refused(self, call: Call, run: Run) -> None:
        outcome = call("predict", run.run, "/dev/zero", "--json")
        assert outcome.status == 1
        assert "20 MB" in outcome.document["predictions"][0]["error"]

    def test_a_run_without_weights(self, call: Call, home: Path, picture: str) -> None:
        lab = Lab(Settings(home=home), InlineExecutor())
        deep = {"architecture.hidden": [{"units": 64}] * 4, "training.optimizer.learning_rate": 1e9}
        run = lab.trainer.start(TINY.changed(deep))
        assert refusal(call("predict", run, picture)).endswith("has no weights: no epoch of it was kept.")

    def test_no_image(self, call: Call, run: Run) -> None:
        assert "Missing argument 'IMAGE...'" in refusal(call("predict", run.run))


class TestEnvironment:
    def test_threads_that_are_no_number(self, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLAYGROUND_THREADS", "x")
        assert refusal(call("runs")) == "PLAYGROUND_THREADS: 'x' is not a whole number. Give one such as 4."

    @pytest.mark.parametrize("arguments", [["runs"], ["train", "quick"], ["data"]])
    def test_a_home_that_is_a_file(
        self, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("PLAYGROUND_HOME", str(tmp_path / "file"))
        assert "is a file. Name a folder" in refusal(call(*arguments))

    def test_an_unknown_call(self, call: Call) -> None:
        assert refusal(call("fly")).startswith("No such command 'fly'")

    def test_no_call_at_all_lists_the_calls(self, call: Call) -> None:
        outcome = call()
        assert outcome.status == 2
        assert "predict" in outcome.err

    @pytest.mark.parametrize("arguments", [["--help"], ["train", "-h"]])
    def test_help_is_no_fault(self, call: Call, arguments: list[str]) -> None:
        outcome = call(*arguments)
        assert outcome.status == 0
        assert "Usage: python -m playground" in outcome.out


class TestAsAProcess:
    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "playground", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE, **settings
        )

    def test_it_answers_and_refuses(self, home: Path) -> None:
        answered, refused = self.start("runs", "--json"), self.start("show", "nobody")
        out, err = answered.communicate()
        assert ([run["run"] for run in json.loads(out)["runs"]], err) == ([*EXAMPLES], "")
        assert refused.communicate() == ("", 'There is no run "nobody".\n')
        assert (answered.returncode, refused.returncode) == (0, 2)

    def test_a_reader_that_goes_away_gets_no_traceback(self, home: Path) -> None:
        process = self.start("presets")
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1
        process.stderr.close()
