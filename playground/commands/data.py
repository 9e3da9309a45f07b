"""Fetch the images."""

from __future__ import annotations

from pathlib import Path

import click

from playground.commands.output import Document, data_folder, fetched, open_lab, printed


@click.command()
@click.option("--source", help="local, debian, download, debian-download or sample; in this order if absent.")
@data_folder
@printed(
    lambda d: (
        f"{d['source']}: {d['train']:,} training and {d['test']:,} test images"
        + ("" if d["verified"] else ", not exactly the published ones")
    )
)
def data(source: str | None, data: Path | None) -> Document:
    """Fetch and verify Fashion-MNIST."""
    if data is not None and source not in (None, "local"):
        reason = f'it is not where "{source}" looks. Leave one of the two out, or say --source local.'
        raise click.BadParameter(reason, param_hint="--data")
    found = fetched(open_lab(data), source)
    return {
        "source": found.source,
        "train": len(found.train),
        "test": len(found.test),
        "verified": found.verified,
    }
