"""List the recipes."""

from __future__ import annotations

import click

from playground.commands.output import Document, printed
from playground.experiment.presets import PRESETS


@click.command()
@printed(lambda d: "\n".join(f"{p['name']:24}{p['parameters']:>9,} parameters" for p in d["presets"]))
def presets() -> Document:
    """List the recipes and the published systems."""
    from playground.network.plan import plan

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
