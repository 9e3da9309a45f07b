"""An idea stands in one place: what is added here is in form, command line, engine and generated script."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
import torch
from calling import caller
from opened import opened
from pydantic import Field
from small import TINY
from streamlit.testing.v1 import AppTest
from tensors import same
from torch import Tensor, nn

from playground.benchmarks.peers import lay_out
from playground.data.images import FashionData
from playground.data.sources.datasets import Datasets
from playground.errors import ExperimentError
from playground.experiment import modules
from playground.experiment.augmentation import AUGMENTATION, Augmentation, Change
from playground.experiment.base import Setting, Share
from playground.experiment.experiment import Experiment
from playground.experiment.layers import LAYERS, Layer, Maps
from playground.experiment.optimizers import OPTIMIZERS, Decay, Optimizer, Rate
from playground.experiment.schedules import SCHEDULES, Curve, Schedule
from playground.export.train_script import script
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.network.plan import plan
from playground.system.executors import InlineExecutor
from playground.training.checkpoint import Start, state_from
from playground.training.engine import train
from playground.training.events import EpochEnd, TrainingFinished

TAG = "toy"


class SignDescent(torch.optim.Optimizer):
    """Every weight by the same length."""

    def __init__(self, parameters: Any, lr: float, weight_decay: float, length: float) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "length": length})

    @torch.no_grad()
    def step(self) -> None:
        """Take one step against the signs of the gradients."""
        for group in self.param_groups:
            for weight in group["params"]:
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.sub_(weight.grad.sign(), alpha=group["lr"] * group["length"])


class ToyOptimizer(Optimizer):
    """Steps of one length."""

    title: ClassVar = "Toy optimizer"
    has_fused_kernels: ClassVar = False

    name: Literal["toy"] = TAG
    learning_rate: Rate = 0.003
    weight_decay: Decay = 0.0
    length: Annotated[float, Field(gt=0), Setting("Toy length", "How long a step is.")] = 1.0

    def algorithm(self) -> type[torch.optim.Optimizer]:
        return SignDescent

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "length": self.length}


def falling(epoch: float, epochs: int, last: float) -> float:
    """Straight down."""
    return 1 + (last - 1) * epoch / epochs


class ToySchedule(Schedule):
    """A straight line."""

    title: ClassVar = "Toy schedule"
    curve: ClassVar[Curve] = staticmethod(falling)

    name: Literal["toy"] = TAG
    last: Annotated[Share, Setting("Toy end", "Share of the rate at the end.")] = 0.5


DARKEST = 0.1


def darkened(pixels: Tensor, most: float, generator: torch.Generator | None = None) -> Tensor:
    """Every image darker by up to so much."""
    share = most * torch.rand(len(pixels), 1, 1, generator=generator).to(pixels.device)
    return (pixels * (1 - share).clamp(min=DARKEST)).to(torch.uint8)


class ToyAugmentation(Augmentation):
    darken: Annotated[Share, Setting("Toy darkening", "How much darker."), Change(darkened, 100)] = 0.0


class Scaled(nn.Module):
    """Values times a number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, values: Tensor) -> Tensor:
        """[n, ...] -> the same."""
        return values * self.factor


class ToyLayer(Layer):
    """A convolution whose values are scaled."""

    title: ClassVar = "Toy layer"
    button: ClassVar = "Toy"
    help: ClassVar = "A toy."

    kind: Literal["toy"] = TAG
    factor: Annotated[float, Setting("Toy factor", "What values are multiplied by.")] = 0.5

    def build(self, maps: Maps) -> tuple[nn.Module, Maps]:
        conv = nn.Conv2d(maps.channels, 3, 3, padding="same")
        return modules.sequence([("conv", conv), ("scaled", Scaled(self.factor))]), Maps(3, maps.side)


CHANGES = {
    "architecture.layers": [{"kind": TAG, "factor": 0.7}],
    "training.optimizer": {"name": TAG, "length": 2},
    "training.schedule": {"name": TAG, "last": 0.25},
    "training.augmentation.darken": 0.4,
}


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    """They are added for one test."""
    for registry, toy in ((OPTIMIZERS, ToyOptimizer), (SCHEDULES, ToySchedule), (LAYERS, ToyLayer)):
        registry.add(toy)
    AUGMENTATION.extend(ToyAugmentation)
    yield
    AUGMENTATION.extend(Augmentation)
    for registry, toy in ((OPTIMIZERS, ToyOptimizer), (SCHEDULES, ToySchedule), (LAYERS, ToyLayer)):
        registry.remove(toy)


@pytest.fixture
def experiment(toys: None) -> Experiment:
    return TINY.changed({**CHANGES, "data.fraction": 1.0})


def trained(experiment: Experiment, data: FashionData, start: Start | None = None) -> list[Any]:
    return list(train(experiment, data, time.perf_counter, start=start))


def test_they_are_in_documents_and_their_faults_are_sentences(experiment: Experiment) -> None:
    assert Experiment.parse(experiment.model_dump(mode="json")) == experiment
    (layer,) = experiment.architecture.layers
    assert isinstance(layer, ToyLayer)
    assert (layer.factor, experiment.training.optimizer.usual_rate) == (0.7, 0.003)
    for path, fault in {
        "training.optimizer.length": "0 is too small. It has to be above 0",
        "training.augmentation.darken": "2 is too large. The most is 1",
        "architecture.layers.0.factor": "'x' is not a number. Give a number",
    }.items():
        value = {"0": 0, "2": 2}.get(fault[0], "x")
        with pytest.raises(ExperimentError, match=f"^{path}: {fault}."):
            experiment.changed({path: value})


def test_they_are_trained_and_resumed(experiment: Experiment, few: FashionData) -> None:
    events = trained(experiment, few)
    first, last = (event for event in events if isinstance(event, EpochEnd))
    assert isinstance(events[-1], TrainingFinished)
    assert [end.metrics.learning_rate < 0.003 for end in (first, last)] == [True, True]
    assert not same(first.weights, last.weights)
    for path, usual in (
        ("training.augmentation.darken", 0),
        ("training.optimizer.length", 1),
        ("training.schedule.last", 1),
    ):
        other = trained(experiment.changed({path: usual}), few)
        assert not same(next(e for e in other if isinstance(e, EpochEnd)).weights, first.weights), path
    start = Start(first.weights, first.validation_logits, state_from(first.state.tensors()))
    (rest,) = (event for event in trained(experiment, few, start) if isinstance(event, EpochEnd))
    assert same(rest.weights, last.weights)


def test_the_plan_names_the_layer_and_what_it_is_made_of(experiment: Experiment) -> None:
    row = plan(experiment.architecture).rows[0]
    assert (row.stage, row.operation) == ("toy1", "convolution 3x3, 3 channels, same padding, Scaled")
    assert (row.output_shape, row.parameters) == ((3, 28, 28), 3 * 9 + 3)


def test_a_generated_script_carries_their_source_and_runs(
    experiment: Experiment, few: FashionData, tmp_path: Path
) -> None:
    text = script(experiment)
    for words in ("class SignDescent(", "def falling(", "def darkened(", "DARKEST = 0.1", "class Scaled("):
        assert text.count(words) == 1
    (tmp_path / "train.py").write_text(text, encoding="utf-8")
    lay_out(few, tmp_path / "images")
    ended = subprocess.run(
        [sys.executable, "train.py", "images"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "epoch 2/2: loss" in ended.stdout
    assert "test accuracy" in ended.stdout
    assert (tmp_path / "weights.pt").is_file()


def test_the_command_line_trains_them(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")  # no images but the sample
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    outcome = caller(monkeypatch, capsys)(
        "train", "two-conv-same", "--json",
        *("--set", f'architecture.layers=[{{"kind": "{TAG}"}}]'),
        *("--set", f"training.optimizer.name={TAG}", "--set", "training.optimizer.length=2"),
        *("--set", f"training.schedule.name={TAG}", "--set", "training.augmentation.darken=0.4"),
        *("--set", "training.optimizer.learning_rate=0.002", "--set", "training.precision=float32"),
        *("--set", "training.epochs=1", "--set", "data.fraction=0.005"),
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    lab = Lab(Settings(home=home), InlineExecutor())
    training = lab.library.run(outcome.document["run"]).experiment.training
    assert training.optimizer == ToyOptimizer(learning_rate=0.002, length=2)
    assert training.schedule == ToySchedule()
    assert training.augmentation == ToyAugmentation(darken=0.4)


def widget(app: AppTest, kind: str, end: str) -> Any:
    return next(each for each in getattr(app, kind) if (each.key or "").endswith(end))


def test_the_form_shows_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Datasets, "start_fetching", lambda *_, **__: None)
    for app in opened():
        for family in ("optimizer", "schedule"):
            widget(app, "selectbox", f":training.{family}.name").set_value(TAG).run()
        app.button(key="add-toy").click().run()
        widget(app, "number_input", ":training.augmentation.darken").set_value(0.4).run()
        assert not app.exception
        assert not app.error
        labels = {each.label for each in app.number_input}
        assert labels >= {"Toy length", "Toy end", "Toy factor", "Toy darkening"}
        assert "Toy optimizer" in widget(app, "selectbox", ":training.optimizer.name").options
        draft = Experiment.parse(app.session_state["session"].draft)
        assert isinstance(draft.training.optimizer, ToyOptimizer)
        assert isinstance(draft.training.schedule, ToySchedule)
        assert draft.training.augmentation.model_dump()["darken"] == 0.4
        assert draft.architecture.layers[-1] == ToyLayer()
