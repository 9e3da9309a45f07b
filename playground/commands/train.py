"""Train an experiment."""

from __future__ import annotations

import time
from pathlib import Path

import click

from playground.commands.assignment import assignment
from playground.commands.output import Document, data_folder, fetched, open_lab, percent, printed, tell, to_type
from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.runs.snapshot import Snapshot
from playground.system.files import named
from playground.text.json_text import MOST_BYTES, parse_file
from playground.text.sentences import printable
from playground.training.record import Run, RunState


def _result(d: Document) -> str:
    accuracies = f"validation {percent(d['validation_accuracy'])}, test {percent(d['test_accuracy'])}"
    return f"{d['run']}: {d['state']}, {accuracies}"


@click.command()
@click.argument("experiment", metavar="PRESET-or-FILE.json")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Such as training.epochs=2.")
@click.option("--seed", type=int, help="The same seed gives the same weights.")
@data_folder
@printed(_result)
def train(experiment: str, changes: tuple[str, ...], seed: int | None, data: Path | None) -> Document:
    """Train an experiment and keep it as a run."""
    settings: Document = dict(assignment(change) for change in changes)
    if seed is not None and settings.setdefault("training.seed", seed) != seed:
        raise ExperimentError(f"--seed {seed} and --set training.seed={settings['training.seed']}: leave one out.")
    wanted = _experiment(experiment).changed(settings)
    lab = open_lab(data)
    lab.trainer.check(wanted)  # before the data are fetched: a refusal should not take a minute
    fetched(lab)
    run = lab.library.run(lab.trainer.start(wanted, watch=_Reporter()))
    return _outcome(run)


@click.command()
@click.argument("run")
@data_folder
@printed(_result)
def resume(run: str, data: Path | None) -> Document:
    """Let a run that was interrupted go on after its last whole epoch."""
    lab = open_lab(data)
    before = lab.library.run(run)
    if data is not None:
        fetched(lab)
    lab.trainer.resume(run, watch=_Reporter(len(before.epochs)))
    return _outcome(lab.library.run(run))


@click.command()
@click.argument("run")
@click.option("--epoch", type=int, help="After which epoch; after its last if not said.")
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Such as training.epochs=20.")
@click.option("--fresh-optimizer", is_flag=True, help="The optimizer begins anew.")
@data_folder
@printed(_result)
def fork(
    run: str, epoch: int | None, changes: tuple[str, ...], fresh_optimizer: bool, data: Path | None
) -> Document:
    """Train on from an epoch of a run, with other training settings or for longer."""
    lab = open_lab(data)
    parent = lab.library.run(run)
    after = parent.epoch_number(epoch)
    if data is not None:
        fetched(lab)
    wanted = parent.experiment.changed(dict(assignment(change) for change in changes))
    return _outcome(lab.library.run(lab.trainer.fork(run, after, wanted, fresh_optimizer, watch=_Reporter(after))))


def _outcome(run: Run) -> Document:
    if run.message:
        tell(run.message)
    return {**_trained(run), "wall_seconds": time.perf_counter() - click.get_current_context().obj}


def _experiment(name: str) -> Experiment:
    if name in PRESETS:
        return PRESETS[name].experiment
    file = named(name)
    if not file.exists() or file.is_dir():
        raise ExperimentError(
            f'"{printable(name)}" is neither a preset nor a file. Presets: {", ".join(PRESETS)}; '
            "or name a JSON file with an experiment."
        )
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    try:
        document = parse_file(content)
    except ValueError as error:
        raise ExperimentError(f"{printable(file)} {error}.") from None
    return Experiment.parse(document)


class _Reporter:
    """Says on standard error which run is trained, and of its epochs behind so many how they went."""

    def __init__(self, epochs: int = 0) -> None:
        self.epochs, self._named = epochs, False

    def __call__(self, snapshot: Snapshot) -> None:
        run = snapshot.run
        if not self._named:  # from its first epoch on it can be taken up again
            self._named = True
            tell(f"This is run {run.run}. If it breaks off: {to_type(f'resume {run.run}')}")
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
        "test_time_shift": run.experiment.data.test_time_shift,
        "exit_status": 0 if run.state is RunState.DONE else 1,
    }
