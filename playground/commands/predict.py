"""Ask a run about pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from playground.commands.output import Document, open_lab, printed, tell
from playground.commands.runs import marked
from playground.core.run import Run
from playground.errors import PlaygroundError
from playground.services.lab import Lab


def _predicted(document: Document) -> str:
    return "\n".join(f"{p['image']}: {p.get('label', p.get('error'))}" for p in document["predictions"])


@click.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@printed(_predicted)
def predict(run: str, images: tuple[str, ...]) -> Document:
    """Say which garment each picture shows."""
    lab = open_lab()
    record = lab.run(run)
    if record.example:
        tell(f"Asked: {record.name}, which comes with the playground.")
    predictions = [_prediction(lab, record, image) for image in images]
    failed = any("error" in prediction for prediction in predictions)
    return {"predictions": predictions, **marked(record), "exit_status": int(failed)}


def _content(file: Path) -> bytes:
    """At most a byte more than a picture may have: a longer file is refused, and never read as a whole."""
    from playground.core.picture import MAX_BYTES

    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _prediction(lab: Lab, run: Run, image: str) -> Mapping[str, Any]:
    import torch

    from playground.core.classes import CLASS_NAMES

    try:
        prepared = lab.read_picture(_content(Path(image)), image)
    except OSError as error:
        return {"image": image, "error": f"{image} cannot be read: {error.strerror}."}
    except PlaygroundError as error:
        return {"image": image, "error": str(error)}
    shares = lab.probabilities(run, torch.from_numpy(prepared.pixels)[None])[0].tolist()
    return {
        "image": image,
        "label": max(zip(shares, CLASS_NAMES, strict=True))[1],
        "probabilities": dict(zip(CLASS_NAMES, shares, strict=True)),
    }
