"""The generated script, executed: the same network, the same loss, and it trains."""

import ast
import math
import re
import runpy
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from covering import covering, has
from settings import BASE, OTHERS
from torch.nn import functional
from wicked import CANARY, WICKED

from playground.benchmarks.peers import lay_out
from playground.data import images
from playground.data.images import FashionData, scale
from playground.errors import PlaygroundError
from playground.experiment.augmentation import Augmentation
from playground.experiment.experiment import Experiment
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.presets import PRESETS
from playground.experiment.schedules import SCHEDULES
from playground.export.train_script import script
from playground.network.build import build_network
from playground.network.plan import plan
from playground.training.engine import generator, train
from playground.training.events import TrainingFinished

MOST_PARAMETERS = 1_000_000  # larger ones add nothing but time
PLAIN = BASE.changed({"architecture.layers.1.batch_norm": False})
"""Without batch normalisation: so a batch may be one image."""


def small(experiment: Experiment) -> bool:
    try:
        return plan(experiment.architecture).parameters <= MOST_PARAMETERS
    except PlaygroundError:
        return False


def variations() -> list[tuple[str, Experiment]]:
    """Every option of every setting, one at a time."""
    found = []
    for path, values in OTHERS.items():
        for value in values:
            changed = PLAIN.changed({path: value})
            if small(changed):
                found.append((f"{path}={value}", changed))
    return found


CASES = [*variations(), *((name, preset.experiment) for name, preset in PRESETS.items())]
IDS = [name for name, _ in CASES]
EVERY = [experiment for _, experiment in CASES]


MODEST = Experiment.parse(
    {
        "architecture": {"layers": [{"kind": "conv", "channels": 8, "kernel": 3, "batch_norm": True}]},
        "training": {"epochs": 2, "batch_size": 64, "augmentation": {"mirror": True, "shift": 1}},
        "data": {"fraction": 0.5},
    }
)


@pytest.fixture(scope="module")
def folder(few: FashionData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The images as torchvision looks for them."""
    folder = tmp_path_factory.mktemp("images")
    lay_out(few, folder)
    return folder


def loaded(
    experiment: Experiment, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The script's names, without training."""
    file = tmp_path / "train.py"
    file.write_text(script(experiment), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["train.py", str(folder)])
    return runpy.run_path(str(file))


@pytest.mark.parametrize("experiment", EVERY, ids=IDS)
def test_the_same_network_and_the_same_first_loss(
    experiment: Experiment, few: FashionData, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = loaded(experiment, folder, tmp_path, monkeypatch)
    ours, theirs = build_network(experiment.architecture, generator(1, "weights")), names["network"]()
    theirs.load_state_dict(ours.state_dict())  # strictly: the names are the same
    pixels, labels = few.test.pixels, few.test.labels
    smoothing = experiment.training.label_smoothing
    with torch.no_grad():
        one = ours.eval()(scale(pixels, experiment.data.scaling))
        other = theirs.eval()(names["scale"](pixels))
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
        losses = [
            functional.cross_entropy(each, labels, label_smoothing=smoothing).item() for each in (one, other)
        ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert names["EPOCHS"] == experiment.training.epochs


def test_it_holds_out_the_fold_of_the_experiment(
    sample: FashionData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five scripts hold out every image once between them, and as many as we do."""
    lay_out(sample, tmp_path)
    labels = sample.train.labels
    numbers = torch.arange(len(labels))
    seen = []
    for fold in range(1, 6):
        experiment = BASE.changed({"data.folds": 5, "data.fold": fold})
        names = loaded(experiment, tmp_path, tmp_path, monkeypatch)
        (_, _), (held_out, of) = names["split"](numbers, labels)
        assert torch.equal(labels[held_out], of)
        assert len(held_out) == int(images.held_out(sample, fold, 5).sum())
        seen += held_out.tolist()
    assert sorted(seen) == numbers.tolist()


TOGETHER = [*covering(PLAIN, OTHERS, small)]
TRAINED = [
    experiment.changed({"training.epochs": 2, "data.fraction": min(1.0, max(0.2, experiment.data.fraction))})
    for experiment in (*TOGETHER, *(preset.experiment for preset in PRESETS.values()))
]


def test_every_value_of_every_setting_is_trained() -> None:
    for path, values in OTHERS.items():
        for value in values:
            alone = PLAIN.changed({path: value})
            assert not small(alone) or any(has(each, path, value) for each in TOGETHER), (path, value)


@pytest.mark.parametrize("experiment", TRAINED, ids=[*(f"together {n}" for n in range(len(TOGETHER))), *PRESETS])
def test_it_trains_from_start_to_end(
    experiment: Experiment,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names = loaded(experiment, folder, tmp_path, monkeypatch)
    if not torch.cuda.is_available():
        assert names["device"].type == "cpu"
    names["main"]()
    out = capsys.readouterr().out
    assert "epoch 2/2: loss" in out
    assert "test accuracy" in out
    assert ("validation accuracy" in out) == (experiment.data.validation == "held-out")
    assert (tmp_path / "weights.pt").is_file()


def test_its_accuracy_is_ours_within_the_spread_over_seeds(
    sample: FashionData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    lay_out(sample, images)
    monkeypatch.chdir(tmp_path)
    ours, theirs = list[float](), list[float]()
    for seed in range(4):
        experiment = MODEST.changed({"training.seed": seed})
        (end,) = (
            event for event in train(experiment, sample, time.perf_counter) if isinstance(event, TrainingFinished)
        )
        ours.append(end.test_accuracy)
        loaded(experiment, images, tmp_path, monkeypatch)["main"]()
        (said,) = re.findall(r"test accuracy:? ([\d.]+)%?", capsys.readouterr().out)
        theirs.append(float(said) / (100 if float(said) > 1 else 1))
    deviation = math.sqrt((statistics.variance(ours) + statistics.variance(theirs)) / 2)
    assert abs(statistics.mean(ours) - statistics.mean(theirs)) <= 3 * max(deviation, 0.005) / math.sqrt(2)
    assert min(ours + theirs) > 0.7  # it learned something


@pytest.mark.parametrize("name", OPTIMIZERS.tags)
def test_a_step_of_every_optimizer_is_ours(
    name: str, few: FashionData, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.training.optimizers import build_optimizer

    experiment = BASE.changed({"training.optimizer": {"name": name, "learning_rate": 0.01, "weight_decay": 0.1}})
    names = loaded(experiment, folder, tmp_path, monkeypatch)
    ours, theirs = build_network(experiment.architecture, generator(1, "weights")), names["network"]()
    theirs.load_state_dict(ours.state_dict())
    own, its = build_optimizer(experiment.training.optimizer, ours.parameters()), names["optimizer"](theirs)
    inputs, labels = scale(few.train.pixels[:64], "unit"), few.train.labels[:64]
    for _ in range(3):
        for network, optimizer in ((ours, own), (theirs, its)):
            network.train().zero_grad()
            functional.cross_entropy(network(inputs), labels).backward()
            if network is theirs:  # rounding in the gradients is not what is compared here
                for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
                    assert one.grad is not None
                    other.grad = one.grad.clone()
            optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    "schedule", [*OTHERS["training.schedule"], *({"name": tag} for tag in SCHEDULES.tags)], ids=str
)
def test_the_learning_rate_is_ours(
    schedule: dict[str, Any], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.training.schedule import curve

    experiment = BASE.changed({"training.schedule": schedule, "training.epochs": 5})
    names = loaded(experiment, folder, tmp_path, monkeypatch)
    full = experiment.training.optimizer.learning_rate
    for epoch, rate in zip(*curve(experiment.training), strict=True):
        assert full * names["share_of_rate"](epoch) == pytest.approx(rate)


def test_augmentation_and_test_time_views_are_in_it() -> None:
    text = script(PRESETS["accurate"].experiment)
    for words in ("pixels.flip(2)", "F.pad(images, (1, 1, 1, 1))", "class Muon", "class Residual", "flank("):
        assert words in text
    assert "class Muon" not in script(PRESETS["quick"].experiment)
    assert len(text.splitlines()) < 320


@pytest.mark.parametrize("recipe", ["accurate", "robust"])
def test_it_speaks_of_nothing_of_ours(recipe: str) -> None:
    assert "playground" not in script(PRESETS[recipe].experiment)


def test_no_name_of_it_is_taken_twice() -> None:
    """What draws garments comes from several modules, and lies among the script's own functions."""
    everything = {name: 1 for name in Augmentation.model_fields if name != "mirror"}
    experiment = PRESETS["robust"].experiment.changed({"training.augmentation": everything})
    names: list[str] = []
    for node in ast.parse(script(experiment)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [name.asname or name.name for name in node.names]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    assert "all_garments" in names
    assert len(names) == len(set(names)), [name for name in set(names) if names.count(name) > 1]


@pytest.mark.parametrize("name", WICKED.values(), ids=WICKED.keys())
def test_a_name_is_a_string_in_it_and_nothing_else(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same tree as with a harmless name, but for that string; as a file, too, and when it is run."""
    content = script(BASE, name).encode()
    tree, harmless = ast.parse(content), ast.parse(script(BASE, "a name"))
    said, usual = ast.get_docstring(tree, clean=False), ast.get_docstring(harmless, clean=False)
    assert said == usual.replace("a name", name)
    assert ast.dump(ast.Module(tree.body[1:], [])) == ast.dump(ast.Module(harmless.body[1:], []))
    (tmp_path / "train.py").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["train.py"])
    names = runpy.run_path("train.py")
    assert names["__doc__"] == said
    assert names["EPOCHS"] == BASE.training.epochs
    assert not list(tmp_path.rglob(CANARY))


def test_an_experiment_has_no_words_of_its_own() -> None:
    """Every text in it is one of a few: nothing that somebody writes into a link comes into a script."""

    def texts(schema: Any) -> list[Any]:
        if isinstance(schema, list):
            return [found for each in schema for found in texts(each)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "string" else []
        return own + [found for each in schema.values() for found in texts(each)]

    found = texts(Experiment.model_json_schema())
    assert len(found) > 20
    assert all("enum" in each or "const" in each for each in found)


def test_it_draws_garments_only_where_they_are_trained_on() -> None:
    assert "drawn_garments" in script(PRESETS["robust"].experiment)
    assert "drawn_garments" not in script(PRESETS["accurate"].experiment)
