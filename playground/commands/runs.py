"""List runs, and show one."""

from __future__ import annotations

from datetime import datetime

import click

from playground.commands.output import Document, local, open_lab, percent, printed, tell, to_type
from playground.lab.lab import Lab
from playground.training.record import Run

_PATIENCE = 1.0  # seconds after which it is told how far the listing is, again and again


def _list(document: Document) -> str:
    width = max((len(run["name"]) for run in document["runs"]), default=0)
    rows = [
        f"{r['run']:20}  {r['name']:{width}}  {r['state']:12}{percent(r['test_accuracy']):>8}"
        f"  {local(datetime.fromisoformat(r['created']))}"
        for r in document["runs"]
    ]
    own = [run for run in document["runs"] if not run.get("example")]
    none_yet = f"No runs of your own yet. Train one: {to_type('train quick')}"
    return "\n".join(rows if own else [*rows, none_yet])


@click.command()
@printed(_list)
def runs() -> Document:
    """List all runs, oldest first; before them the examples, which come with the playground."""
    lab = open_lab()
    listing = lab.library.first_listing()
    while listing is not None and not listing.wait(_PATIENCE):
        tell(f"{listing.progress.line} ...")
    found = lab.library.found()
    for problem in found.problems:
        tell(problem)
    if found.notice:
        tell(found.notice)
    return {"runs": [_listed(run) for run in (*lab.library.examples(), *found.runs)]}


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
        **marked(run),
    }


def marked(run: Run) -> Document:
    """What tells an example from a run of one's own, which has no such mark."""
    return {"example": True} if run.example else {}


def _show(document: Document) -> str:
    classes = [f"{c['name']:14}{c['precision']:8.2%}{c['recall']:8.2%}" for c in document["classes"]]
    head = [f"{document['run']}: {document['state']}, {len(document['epochs'])} epochs"]
    if document.get("example"):
        head.append("An example: it comes with the playground, it was not trained here.")
    if document.get("is_substitute"):
        head.append("Its own images are not here; by class, of the test images of the bundled sample:")
    return "\n".join([*head, *classes])


@click.command()
@click.argument("run")
@printed(_show)
def show(run: str) -> Document:
    """Show one run: its experiment, its epochs, and its test images by class."""
    from dataclasses import asdict

    lab = open_lab()
    record = lab.library.run(run)
    return {
        "run": record.run,
        "state": record.state.value,
        "experiment": record.experiment.model_dump(mode="json"),
        "epochs": [asdict(epoch) for epoch in record.epochs],
        **(_by_class(lab, record) if record.test_accuracy is not None else {"classes": []}),
        **marked(record),
    }


def _by_class(lab: Lab, run: Run) -> Document:
    """The classes of the test images; with a mark where the sample's stand in for those of the run."""
    from dataclasses import asdict

    from playground.metrics.classification import class_scores

    seen = lab.scores.scored(run, "test")
    rows = [asdict(row) for row in class_scores(seen.logits, seen.images.labels)]
    return {"classes": rows, **({"is_substitute": "sample"} if seen.is_substitute else {})}
