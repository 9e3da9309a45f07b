"""Fetch the images."""

from __future__ import annotations

from pathlib import Path

import click

from playground.commands.output import Document, Progress, data_folder, open_lab, printed


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
    found = open_lab(data).datasets.fetch(source, Progress())
    return {
        "source": found.source,
        "train": len(found.train),
        "test": len(found.test),
        "verified": found.verified,
    }
