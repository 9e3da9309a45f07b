"""Export a run, and bring one in."""

from __future__ import annotations

from pathlib import Path

import click

from playground.commands.output import Document, NamedPath, data_folder, fetched, open_lab, percent, printed, tell
from playground.errors import RunError
from playground.export.import_archive import MOST_BYTES
from playground.system.files import write_atomically


@click.command()
@click.argument("run")
@click.argument("folder", type=NamedPath(file_okay=False))
@click.option("--epoch", type=int, help="Of which epoch the weights are; of its last if not said.")
@printed(lambda d: f"{d['files'][0]}: {d['verified']}")
def export(run: str, folder: Path, epoch: int | None) -> Document:
    """Write a run as one zip: weights, ONNX model, scripts, and a proof that they are right."""
    lab = open_lab()
    record = lab.library.run(run)
    made = lab.transfer.export(run, epoch)
    earlier = epoch is not None and epoch < len(record.epochs)
    file = folder / (f"{run}-epoch-{epoch}.zip" if earlier else f"{run}.zip")
    if file.exists() and file.read_bytes() != made.content:
        tell(f"{file} was there already with other contents: it is replaced.")
    write_atomically(file, made.content)
    tell(f"In it: {', '.join(made.files)}.")
    return {"run": run, "files": [str(file)], "contents": list(made.files), "verified": made.verified}


@click.command("import")
@click.argument("file", type=NamedPath(exists=True))
@data_folder
@printed(lambda d: f"{d['run']}: {d['name']}, test {percent(d['test_accuracy'])}")
def import_(file: Path, data: Path | None) -> Document:
    """Make a run of a zip that `export` wrote, here or elsewhere. Nothing in it is run."""
    lab = open_lab(data)
    if file.is_dir():
        raise RunError(f"{file} is a folder. Zip it, and import the zip.")
    if file.stat().st_size > MOST_BYTES:
        raise RunError(f"{file} has more than {MOST_BYTES >> 20} MB: that is no export of a run.")
    if data is not None:
        fetched(lab)
    run = lab.library.run(lab.transfer.bring_in(file.read_bytes()))
    if run.message:
        tell(run.message)
    return {"run": run.run, "name": run.name, "test_accuracy": run.test_accuracy}
