"""An export works without the playground, and is verified before it is given away."""

import ast
import io
import json
import os
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load
from small import SHAKEN, TINY
from tensors import same
from wicked import CANARY, WICKED

from playground.data.classes import CLASS_NAMES
from playground.errors import RunError
from playground.experiment.experiment import Experiment
from playground.export import archive as export_module
from playground.export import onnx_model
from playground.export.archive import GOLDEN, Export, export
from playground.export.train_script import script
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.network.build import build_network
from playground.network.inference import averaged
from playground.pictures.garment_file import read_garment
from playground.system.executors import InlineExecutor
from playground.training.record import Run

AVERAGED = SHAKEN.changed(
    {
        "data": {"fraction": 0.05, "test_time_mirror": True, "test_time_shift": True, "scaling": "standard"},
        "architecture.readout": "average",
        "training.epochs": 1,
    }
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run, Export]:
    lab = Lab(Settings(home=tmp_path_factory.mktemp("exports"), threads=1), InlineExecutor())
    run = lab.library.run(lab.trainer.start(AVERAGED))
    return lab, run, lab.transfer.export(run.run)


@pytest.fixture
def folder(made: tuple[Lab, Run, Export], tmp_path: Path) -> Path:
    """The unpacked zip."""
    with zipfile.ZipFile(io.BytesIO(made[2].content)) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def python(folder: Path, *call: str, interpreter: str = sys.executable) -> subprocess.CompletedProcess[str]:
    without_ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([interpreter, *call], cwd=folder, env=without_ours, capture_output=True, text=True)


def test_what_is_in_it(made: tuple[Lab, Run, Export], folder: Path) -> None:
    lab, run, export = made
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(
        export.files
    )
    assert Experiment.parse(json.loads((folder / "experiment.json").read_text())) == run.experiment
    assert (folder / "train.py").read_text() == script(run.experiment, run.name)
    assert same(load((folder / "weights.safetensors").read_bytes()), lab.library.kept(run.run).weights(1))
    golden = np.load(folder / "golden.npz", allow_pickle=False)
    assert golden["pixels"].shape == (GOLDEN, 28, 28)
    answers = lab.scores.probabilities(run, torch.from_numpy(golden["pixels"]))
    np.testing.assert_allclose(golden["probabilities"], answers, atol=1e-6)


def test_verify_passes_and_finds_what_is_wrong(made: tuple[Lab, Run, Export], folder: Path) -> None:
    done = python(folder, "verify.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == made[2].verified
    golden = np.load(folder / "golden.npz", allow_pickle=False)
    wrong = golden["probabilities"] + np.float32(0.001)
    np.savez(folder / "golden.npz", pixels=golden["pixels"], probabilities=wrong)
    assert python(folder, "verify.py").returncode == 1


def test_predict_says_of_a_picture_what_the_app_says(made: tuple[Lab, Run, Export], folder: Path) -> None:
    lab, run, _ = made
    picture = np.full((300, 200, 3), 240, np.uint8)
    picture[60:260, 50:150] = (30, 60, 120)
    Image.fromarray(picture).save(folder / "dress.png")
    said = python(folder, "predict.py", "dress.png", "none.png")
    prepared = read_garment((folder / "dress.png").read_bytes(), "dress.png")
    share, label = lab.scores.probabilities(run, torch.from_numpy(prepared.pixels)[None])[0].max(0)
    assert said.stdout.strip() == f"dress.png: {CLASS_NAMES[int(label)]} {share:.1%}"
    assert "none.png" in said.stderr
    assert "Traceback" not in said.stderr
    assert said.returncode == 1


def test_the_weights_fit_the_network_of_its_script(
    made: tuple[Lab, Run, Export], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In plain PyTorch, strictly; scaled and averaged by the script it says what the export says."""
    monkeypatch.setattr(sys, "argv", ["train.py"])
    names = runpy.run_path(str(folder / "train.py"))
    network = names["network"]()
    network.load_state_dict(load((folder / "weights.safetensors").read_bytes()))
    golden = np.load(folder / "golden.npz", allow_pickle=False)
    pixels = torch.from_numpy(golden["pixels"])
    network.eval()
    with torch.no_grad():
        asked = averaged(lambda images: network(names["scale"](images)), pixels, AVERAGED.data)
    np.testing.assert_allclose(golden["probabilities"], asked.softmax(1), atol=1e-5)


def test_no_text_of_a_record_becomes_more_than_text(made: tuple[Lab, Run, Export], tmp_path: Path) -> None:
    """The words of a record that somebody sent: the same files, and the same code but for the name in it."""
    lab, run, usual = made
    words = " ".join(text for key, text in WICKED.items() if key != "surrogates")  # JSON has none
    fields = ("name", "device", "precision", "torch", "message", "parent")
    origin = run.data.model_copy(update=dict.fromkeys(("name", "source", "fingerprint"), words))
    sent = run.model_copy(update={**dict.fromkeys(fields, words), "data": origin})
    hostile = export(sent, lab.scores.network(run))
    assert hostile.files == usual.files
    one, other = (zipfile.ZipFile(io.BytesIO(each.content)) for each in (hostile, usual))
    assert [name for name in usual.files if one.read(name) != other.read(name)] == ["run.json", "train.py"]
    record = json.loads(one.read("run.json"))
    assert all(text == words for text in (*map(record.get, fields), record["data"]["source"]))
    trees = [ast.parse(each.read("train.py")) for each in (one, other)]
    assert ast.get_docstring(trees[0], clean=False).startswith(f"Trains {words} on Fashion-MNIST")
    assert len({ast.dump(ast.Module(tree.body[1:], [])) for tree in trees}) == 1
    (tmp_path / "train.py").write_bytes(one.read("train.py"))
    ran = python(tmp_path, "-c", "import train; train.network()")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert not list(tmp_path.rglob(CANARY))


def test_it_tells_nothing_of_the_machine_it_was_made_on(folder: Path) -> None:
    here = str(Path(export_module.__file__).parents[2]).encode()
    assert not [file.name for file in folder.rglob("*") if file.is_file() and here in file.read_bytes()]


@pytest.mark.parametrize("epoch", [0, -1, 2, 999])
def test_an_epoch_that_was_not_trained(made: tuple[Lab, Run, Export], epoch: int) -> None:
    with pytest.raises(RunError, match=f"has no epoch {epoch}: it has epochs 1 to 1"):
        made[0].transfer.export(made[1].run, epoch)


def test_nothing_of_the_playground_is_needed(folder: Path) -> None:
    for file in folder.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) playground", file.read_text(encoding="utf-8"), re.MULTILINE), file


def test_what_does_not_say_the_same_is_not_given_away(
    made: tuple[Lab, Run, Export], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, run, _ = made
    whole = onnx_model.to_onnx

    def another(model: onnx_model.AnswerModule) -> bytes:
        network = build_network(run.experiment.architecture, torch.Generator().manual_seed(99))
        return whole(onnx_model.AnswerModule(network, model.data))

    monkeypatch.setattr(onnx_model, "to_onnx", another)
    with pytest.raises(RunError, match="does not say what PyTorch says"):
        lab.transfer.export(run.run)


def test_a_run_without_weights(made: tuple[Lab, Run, Export], tmp_path: Path) -> None:
    lab = Lab(Settings(home=tmp_path), InlineExecutor())
    run = lab.trainer.start(TINY)
    lab.library.folder(run).write(lab.library.run(run).model_copy(update={"epochs": ()}))
    with pytest.raises(RunError, match="no weights to export"):
        lab.transfer.export(run)


def test_the_example_can_be_exported(made: tuple[Lab, Run, Export]) -> None:
    assert "20 images" in made[0].transfer.export("example").verified
