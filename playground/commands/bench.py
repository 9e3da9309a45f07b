"""Measure how fast we are."""

from __future__ import annotations

from pathlib import Path

import click

from playground.commands.output import Document, Progress, data_folder, open_lab, percent, printed


def _measured(document: Document) -> str:
    lines = [f"{document['processor']}, {document['threads']} threads, torch {document['torch']}"]
    lines.append(f"{'tutorial loop':24}{document['tutorial_seconds_an_epoch']:8.1f} s an epoch")
    for ours in document["ours"]:
        words = f"{ours['seconds_an_epoch']:8.1f} s an epoch, 1/{ours['ratio']:.2f} of the tutorial's"
        lines.append(f"{'ours, ' + ours['precision']:24}{words}")
    for recipe in document["recipes"]:
        lines.append(
            f"{recipe['name']:24}{percent(recipe['mean_accuracy'])} of the test images, mean of "
            f"{len(recipe['seeds'])} seeds; tutorial epochs: "
            + ", ".join(f"{epochs:.1f}" for epochs in recipe["tutorial_epochs"])
        )
    return "\n".join(lines)


@click.command()
@click.option("--fast", is_flag=True, help="The ratios only, in under three minutes.")
@data_folder
@printed(_measured)
def bench(fast: bool, data: Path | None) -> Document:
    """Measure our engine beside the loop that tutorials write, on this machine, in one run."""
    from playground.services import bench as benchmark

    def say(what: str) -> None:
        click.echo(what, err=True)

    images = open_lab(data).datasets.fetch(progress=Progress())
    ratios = benchmark.measure_ratios(images, say)
    if fast:
        return benchmark.document(ratios)
    unit = ratios.tutorial_seconds_an_epoch
    return benchmark.document(ratios, (benchmark.measure_recipe("quick", (0, 1, 2), unit, say),))
