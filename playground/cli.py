"""The command line: the same lab as the app's, for scripts and measurements.

With `--json` the last line of standard output is one JSON object. Progress goes to standard error. Wrong
input ends with exit status 2 and one sentence on standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import click

from playground.core.experiment import Experiment
from playground.core.presets import PRESETS
from playground.core.run import Run, RunState
from playground.errors import ExperimentError, PlaygroundError
from playground.services.executors import InlineExecutor
from playground.services.lab import Lab
from playground.services.settings import load_settings
from playground.services.snapshot import Snapshot

Document = dict[str, Any]
_json_flag = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_data_folder = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with Fashion-MNIST's files, looked into first.",
)


def main(started: float | None = None) -> None:
    """Run the command line; `started` is when the process began, in seconds of `time.perf_counter`."""
    try:
        cli.main(prog_name="python -m playground", obj=started or time.perf_counter(), standalone_mode=False)
    except click.ClickException as error:
        _fail(error.format_message())
    except PlaygroundError as error:
        _fail(str(error))
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except (click.Abort, KeyboardInterrupt):
        _fail("Interrupted.", status=130)


def _fail(sentence: str, status: int = 2) -> None:
    _tell(sentence)
    sys.exit(status)


def _tell(sentence: str) -> None:
    """Say something on standard error; a training goes on even if nobody listens any more."""
    with suppress(BrokenPipeError):
        click.echo(sentence, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Train and question small convolutional networks on Fashion-MNIST."""


def _lab(data: Path | None = None) -> Lab:
    settings = load_settings()
    return Lab(settings.model_copy(update={"data": data}) if data else settings, InlineExecutor())


def _printed(show: Callable[[Document], str]) -> Callable[[Callable[..., Document]], Callable[..., None]]:
    """Print what a command returns: as JSON, or as `show` puts it."""

    def decorate(command: Callable[..., Document]) -> Callable[..., None]:
        @_json_flag
        @wraps(command)
        def run(as_json: bool, **arguments: Any) -> None:
            document = command(**arguments)
            status = document.pop("exit_status", 0)
            click.echo(json.dumps(document) if as_json else show(document))
            if status:
                sys.exit(status)

        return run

    return decorate


def _percent(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.2%}"


# -------------------------------------------------------------------------------------------- data


@cli.command()
@click.option("--source", help="local, debian, download, debian-download or sample; in this order if absent.")
@_data_folder
@_printed(lambda d: f"{d['source']}: {d['train']:,} training and {d['test']:,} test images")
def data(source: str | None, data: Path | None) -> Document:
    """Fetch and verify Fashion-MNIST."""
    found = _lab(data).datasets.fetch(source, _Progress())
    return {
        "source": found.source,
        "train": len(found.train),
        "test": len(found.test),
        "verified": found.verified,
    }


class _Progress:
    """Says on standard error what is being fetched, each thing once."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, message: str, _: float | None) -> None:
        if message != self._said:
            _tell(f"{message} ...")
        self._said = message


# ----------------------------------------------------------------------------------------- presets


@cli.command()
@_printed(lambda d: "\n".join(f"{p['name']:24}{p['parameters']:>9,} parameters" for p in d["presets"]))
def presets() -> Document:
    """List the recipes and the published systems."""
    from playground.core.plan import plan

    return {
        "presets": [
            {
                "name": preset.name,
                "parameters": plan(preset.experiment.architecture).parameters,
                "epochs": preset.experiment.training.epochs,
                "reported_accuracy": preset.reported_accuracy,
                "article": preset.article,
            }
            for preset in PRESETS.values()
        ]
    }


# ------------------------------------------------------------------------------------------- train


@cli.command()
@click.argument("experiment", metavar="PRESET-or-FILE.json")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Such as training.epochs=2.")
@click.option("--seed", type=int, help="The same seed gives the same weights.")
@_data_folder
@_printed(
    lambda d: (
        f"{d['run']}: {d['state']}, validation {_percent(d['validation_accuracy'])}, "
        f"test {_percent(d['test_accuracy'])}"
    )
)
def train(experiment: str, changes: tuple[str, ...], seed: int | None, data: Path | None) -> Document:
    """Train an experiment and keep it as a run."""
    settings: Document = dict(_assignment(change) for change in changes)
    if seed is not None:
        settings["training.seed"] = seed
    wanted = _experiment(experiment).changed(settings)
    lab = _lab(data)
    lab.check(wanted)  # before the data are fetched: a refusal should not take a minute
    lab.datasets.fetch(progress=_Progress())
    run = lab.run(lab.start(wanted, watch=_Reporter()))
    if run.message:
        _tell(run.message)
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
            line += f", validation {_percent(epoch.validation_accuracy)}, {epoch.seconds:.1f} s"
            _tell(line)
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
        "test_time_mirror": False,
        "exit_status": 0 if run.state is RunState.DONE else 1,
    }


# ------------------------------------------------------------------------------------- runs, show


@cli.command()
@_printed(
    lambda d: (
        "\n".join(f"{r['run']}  {r['name']:24}{r['state']:12}{_percent(r['test_accuracy']):>8}" for r in d["runs"])
        or "No runs yet. Train one: python -m playground train quick"
    )
)
def runs() -> Document:
    """List all runs, oldest first."""
    found, problems = _lab().found()
    for problem in problems:
        _tell(problem)
    return {"runs": [_listed(run) for run in found]}


def _listed(run: Run) -> Document:
    return {
        "run": run.run,
        "name": run.name,
        "state": run.state.value,
        "seed": run.experiment.training.seed,
        "parameters": run.parameters,
        "epochs": len(run.epochs),
        "validation_accuracy": run.validation_accuracy,
        "test_accuracy": run.test_accuracy,
        "created": run.created.isoformat(),
    }


def _show(document: Document) -> str:
    classes = [f"{c['name']:14}{c['precision']:8.2%}{c['recall']:8.2%}" for c in document["classes"]]
    return "\n".join([f"{document['run']}: {document['state']}, {len(document['epochs'])} epochs", *classes])


@cli.command()
@click.argument("run")
@_printed(_show)
def show(run: str) -> Document:
    """Show one run: its experiment, its epochs, and its test images by class."""
    from dataclasses import asdict

    lab = _lab()
    record = lab.run(run)
    return {
        "run": record.run,
        "state": record.state.value,
        "experiment": record.experiment.model_dump(mode="json"),
        "epochs": [asdict(epoch) for epoch in record.epochs],
        "classes": _classes(lab, record) if record.test_accuracy is not None else [],
    }


def _classes(lab: Lab, run: Run) -> list[Document]:
    from dataclasses import asdict

    from playground.core.evaluate import class_scores

    return [asdict(row) for row in class_scores(lab.logits(run, "test"), lab.images(run, "test").labels)]


# ----------------------------------------------------------------------------------------- predict


def _predicted(document: Document) -> str:
    return "\n".join(f"{p['image']}: {p.get('label', p.get('error'))}" for p in document["predictions"])


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@_printed(_predicted)
def predict(run: str, images: tuple[str, ...]) -> Document:
    """Say which garment each picture shows."""
    lab = _lab()
    record = lab.run(run)
    predictions = [_prediction(lab, record, image) for image in images]
    failed = any("error" in prediction for prediction in predictions)
    return {"predictions": predictions, "exit_status": int(failed)}


def _content(file: Path) -> bytes:
    """At most a byte more than a picture may have: a longer file is refused, and never read as a whole."""
    from playground.core.picture import MAX_BYTES

    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _prediction(lab: Lab, run: Run, image: str) -> Mapping[str, Any]:
    import torch

    from playground.core.classes import CLASS_NAMES

    try:
        prepared = lab.read_picture(_content(Path(image)), image)
    except OSError as error:
        return {"image": image, "error": f"{image} cannot be read: {error.strerror}."}
    except PlaygroundError as error:
        return {"image": image, "error": str(error)}
    shares = lab.probabilities(run, torch.from_numpy(prepared.pixels)[None])[0].tolist()
    return {
        "image": image,
        "label": max(zip(shares, CLASS_NAMES, strict=True))[1],
        "probabilities": dict(zip(CLASS_NAMES, shares, strict=True)),
    }


# ------------------------------------------------------------------------------------------- bench


def _measured(document: Document) -> str:
    lines = [f"{document['processor']}, {document['threads']} threads, torch {document['torch']}"]
    lines.append(f"{'tutorial loop':24}{document['tutorial_seconds_an_epoch']:8.1f} s an epoch")
    for ours in document["ours"]:
        words = f"{ours['seconds_an_epoch']:8.1f} s an epoch, 1/{ours['ratio']:.2f} of the tutorial's"
        lines.append(f"{'ours, ' + ours['precision']:24}{words}")
    for recipe in document["recipes"]:
        lines.append(
            f"{recipe['name']:24}{_percent(recipe['mean_accuracy'])} of the test images, mean of "
            f"{len(recipe['seeds'])} seeds; tutorial epochs: "
            + ", ".join(f"{epochs:.1f}" for epochs in recipe["tutorial_epochs"])
        )
    return "\n".join(lines)


@cli.command()
@click.option("--fast", is_flag=True, help="The ratios only, in under three minutes.")
@_data_folder
@_printed(_measured)
def bench(fast: bool, data: Path | None) -> Document:
    """Measure our engine beside the loop that tutorials write, on this machine, in one run."""
    from playground.services import bench as benchmark

    def say(what: str) -> None:
        click.echo(what, err=True)

    images = _lab(data).datasets.fetch(progress=_Progress())
    ratios = benchmark.measure_ratios(images, say)
    if fast:
        return benchmark.document(ratios)
    unit = ratios.tutorial_seconds_an_epoch
    return benchmark.document(ratios, (benchmark.measure_recipe("quick", (0, 1, 2), unit, say),))
