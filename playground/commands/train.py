"""Train an experiment."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from playground.commands.output import Document, Progress, data_folder, open_lab, percent, printed, tell
from playground.core.experiment import Experiment
from playground.core.presets import PRESETS
from playground.core.run import Run, RunState
from playground.errors import ExperimentError
from playground.services.snapshot import Snapshot


@click.command()
@click.argument("experiment", metavar="PRESET-or-FILE.json")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Such as training.epochs=2.")
@click.option("--seed", type=int, help="The same seed gives the same weights.")
@data_folder
@printed(
    lambda d: (
        f"{d['run']}: {d['state']}, validation {percent(d['validation_accuracy'])}, "
        f"test {percent(d['test_accuracy'])}"
    )
)
def train(experiment: str, changes: tuple[str, ...], seed: int | None, data: Path | None) -> Document:
    """Train an experiment and keep it as a run."""
    settings: Document = dict(_assignment(change) for change in changes)
    if seed is not None:
        settings["training.seed"] = seed
    wanted = _experiment(experiment).changed(settings)
    lab = open_lab(data)
    lab.check(wanted)  # before the data are fetched: a refusal should not take a minute
    lab.datasets.fetch(progress=Progress())
    run = lab.run(lab.start(wanted, watch=_Reporter()))
    if run.message:
        tell(run.message)
    return {**_trained(run), "wall_seconds": time.perf_counter() - click.get_current_context().obj}


def _experiment(name: str) -> Experiment:
    if name in PRESETS:
        return PRESETS[name].experiment
    file = Path(name)
    if not file.is_file():
        raise ExperimentError(
            f'"{name}" is neither a preset nor a file. Presets: {", ".join(PRESETS)}; '
            "or name a JSON file with an experiment."
        )
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))  # Windows' editors add a signature
    except (ValueError, RecursionError) as error:
        raise ExperimentError(f"{file} is not a JSON document: {error}.") from error
    return Experiment.parse(document)


def _assignment(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals:
        raise ExperimentError(f'"{text}" sets nothing. Write PATH=VALUE, such as training.epochs=2.')
    try:
        return path, json.loads(value)
    except (ValueError, RecursionError):
        return path, value  # a bare word is a string


class _Reporter:
    """Says on standard error how a training goes, an epoch a line."""

    def __init__(self) -> None:
        self.epochs = 0

    def __call__(self, snapshot: Snapshot) -> None:
        run = snapshot.run
        for epoch in run.epochs[self.epochs :]:
            line = f"epoch {epoch.epoch}/{run.experiment.training.epochs}: loss {epoch.train_loss:.4f}"
            line += f", validation {percent(epoch.validation_accuracy)}, {epoch.seconds:.1f} s"
            tell(line)
        self.epochs = len(run.epochs)


def _trained(run: Run) -> Document:
    return {
        "run": run.run,
        "state": run.state.value,
        "parameters": run.parameters,
        "epochs": len(run.epochs),
        "train_images": run.train_images,
        "train_seconds": run.train_seconds,
        "precision": run.precision,
        "threads": run.threads,
        "validation_accuracy": run.validation_accuracy,
        "test_accuracy": run.test_accuracy,
        "test_time_mirror": run.experiment.data.test_time_mirror,
        "exit_status": 0 if run.state is RunState.DONE else 1,
    }
