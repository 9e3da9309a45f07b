"""Measure how fast we are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import click

from playground.commands.bench_report import in_markdown, in_words
from playground.commands.output import Document, NamedPath, data_folder, fetched, open_lab, printed, tell


@click.command()
@click.option("--fast", is_flag=True, help="The ratios only, in under three minutes.")
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=3, help="How many trainings of each recipe; 3 if not said."
)
@click.option(
    "--markdown",
    type=NamedPath(dir_okay=False),
    help="A file to write the tables and the JSON object to as well.",
)
@data_folder
@printed(in_words)
def bench(fast: bool, seeds: int, markdown: Path | None, data: Path | None) -> Document:
    """Measure our engine beside the loop that tutorials write, on this machine, in one run."""
    from playground.benchmarks.bench import measure_all, measure_fast

    if markdown:
        markdown.touch()  # now, and not after half an hour, it turns out that the file cannot be written
    lab = open_lab(data)
    threads = lab.settings.threads
    with ThreadPoolExecutor(1) as elsewhere:  # as in the app, where no other thread keeps cores of its own waiting
        images = elsewhere.submit(fetched, lab).result()
    found = measure_fast(images, tell, threads) if fast else measure_all(images, tell, range(seeds), threads)
    document = {"date": f"{datetime.now(UTC):%Y-%m-%d}", **found}
    if markdown:
        markdown.write_text(in_markdown(document), encoding="utf-8")
    return document
