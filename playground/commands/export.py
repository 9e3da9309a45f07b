"""Export a run."""

from __future__ import annotations

from pathlib import Path

import click

from playground.commands.output import Document, open_lab, printed, tell
from playground.services.files import write_atomically


@click.command()
@click.argument("run")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--epoch", type=int, help="Of which epoch the weights are; of its last if not said.")
@printed(lambda d: f"{d['files'][0]}: {d['verified']}")
def export(run: str, folder: Path, epoch: int | None) -> Document:
    """Write a run as one zip: weights, ONNX model, scripts, and a proof that they are right."""
    lab = open_lab()
    made = lab.export(run, epoch)
    file = folder / f"{run}.zip"
    write_atomically(file, made.content)
    tell(f"In it: {', '.join(made.files)}.")
    return {"run": run, "files": [str(file)], "contents": list(made.files), "verified": made.verified}
