"""List runs, and show one."""

from __future__ import annotations

import click

from playground.commands.output import Document, open_lab, percent, printed, tell
from playground.core.run import Run
from playground.services.lab import Lab


@click.command()
@printed(
    lambda d: (
        "\n".join(f"{r['run']}  {r['name']:24}{r['state']:12}{percent(r['test_accuracy']):>8}" for r in d["runs"])
        or "No runs yet. Train one: python -m playground train quick"
    )
)
def runs() -> Document:
    """List all runs, oldest first."""
    found, problems = open_lab().found()
    for problem in problems:
        tell(problem)
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


@click.command()
@click.argument("run")
@printed(_show)
def show(run: str) -> Document:
    """Show one run: its experiment, its epochs, and its test images by class."""
    from dataclasses import asdict

    lab = open_lab()
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
