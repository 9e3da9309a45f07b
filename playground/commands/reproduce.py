"""Train the published systems, and put what is measured beside what was reported."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playground.commands.output import Document, NamedPath, data_folder, fetched, open_lab, printed, tell
from playground.reproduction.comparison import percent

if TYPE_CHECKING:
    from playground.data.images import FashionData
    from playground.reproduction.report import Conditions


def _measured(document: Document) -> str:
    lines = [
        f"{document['processor']}, torch {document['torch']}; accuracy on {document['test_images']:,} test images "
        "after the last epoch, never the best one"
    ]
    lines.append(
        f"{'':22}{'parameters':>12}{'reported':>10}{'accuracy':>11}{'reported':>15}{'spread':>9}{'s.e.':>8}"
        f"{'n':>3}{'seconds':>9}"
    )
    for system in document["systems"]:
        lines += _system(system)
    return "\n".join(lines)


def _system(system: Document) -> list[str]:
    seconds = "-" if system["train_seconds"] is None else f"{system['train_seconds']:.1f}"
    parameters = f"{system['parameters']:>12,}{system['reported_parameters']:>10,}"
    lines = [f"{system['name']:22}{parameters}{_figures(system)}{seconds:>9}  {system['verdict']}"]
    if system["runs"]:
        seeds = (f"{run['seed']}: {percent(run['test_accuracy'])}" for run in system["runs"])
        lines.append(f"  seed {', '.join(seeds)}")
    lines += [
        f"  {'after ' + str(each['epoch']) + ' epochs':42}{_figures(each)}{'':9}  {each['verdict']}"
        for each in system["after"]
    ]
    lines += [f"  {each['name']:42}{_figures(each)}" for each in system["classes"]]
    if not system["settings_from_article"]:
        settings = system["settings"]
        optimizer = f"{settings['optimizer']['name']} at {settings['optimizer']['learning_rate']:g}"
        lines.append(f"  ours: {optimizer}, {settings['epochs']} epochs, batch {settings['batch_size']}")
    return [*lines, *(f"  {fault}" for fault in system["faults"])]


def _figures(figure: Document) -> str:
    said = figure["reported_in_words"] or percent(figure["reported_accuracy"])
    spread, error = percent(figure["spread"]), percent(figure["standard_error"])
    return f"{percent(figure['mean_accuracy']):>11}{said:>15}{spread:>9}{error:>8}{figure['n']:>3}"


@click.command()
@click.argument("presets", nargs=-1, metavar="[PRESET]...")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="Trainings a system.")
@click.option("--again", is_flag=True, help="Train anew what is finished already.")
@click.option(
    "--markdown",
    type=NamedPath(dir_okay=False, writable=True),
    help="Write it to this file, too.",
)
@data_folder
@printed(_measured)
def reproduce(
    presets: tuple[str, ...], seeds: int, again: bool, markdown: Path | None, data: Path | None
) -> Document:
    """Train the published systems as their articles describe; all of them takes about 100 minutes.

    Runs that are finished already are used: an interrupted call goes on where it was. Accuracy is that of the
    last epoch.
    """
    from playground.reproduction import published
    from playground.reproduction.markdown import markdown as in_markdown
    from playground.reproduction.report import document
    from playground.reproduction.reproduction import Reproduction
    from playground.system.files import write_atomically

    systems = published.systems(presets)
    _need_folder(markdown)
    lab = open_lab(data)
    fetched(lab)
    images = lab.datasets.named("full")  # the sample would give figures that compare with nothing
    rows = Reproduction(lab, images, tell).rows(systems, seeds, again)
    conditions = _conditions(images, seeds, _command(presets, seeds, markdown))
    if markdown:
        write_atomically(markdown, in_markdown(rows, conditions).encode())
    return {**document(rows, conditions), "exit_status": int(any(row.faults for row in rows))}


def _need_folder(file: Path | None) -> None:
    """Refuse at once what could not be written an hour later."""
    if file is not None and not (file.parent.is_dir() and os.access(file.parent, os.W_OK)):
        reason = f"{file.parent} is no folder that can be written to. Name a file in one that is there."
        raise click.BadParameter(reason, param_hint="--markdown")


def _command(presets: Sequence[str], seeds: int, markdown: Path | None) -> str:
    """What to type to get the same; of a file elsewhere only its name, which is the same on every machine."""
    words = ["python", "-m", "playground", "reproduce", *presets, "--seeds", str(seeds)]
    if markdown:
        words += ["--markdown", markdown.name if markdown.is_absolute() else markdown.as_posix()]
    return shlex.join(words)


def _conditions(images: FashionData, seeds: int, command: str) -> Conditions:
    import torch

    from playground.reproduction.report import Conditions
    from playground.system.machine import processor

    return Conditions(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        processor=processor(),
        torch=torch.__version__,
        command=command,
        seeds=seeds,
        source=images.source,
        verified=images.verified,
        train_images=len(images.train),
        test_images=len(images.test),
    )
