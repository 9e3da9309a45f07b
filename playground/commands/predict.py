"""Ask a run about pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playground.commands.output import Document, open_lab, printed, tell
from playground.commands.runs import marked
from playground.errors import PlaygroundError
from playground.lab.lab import Lab
from playground.pictures.garment_file import read_garment
from playground.system.files import named
from playground.training.record import Run

if TYPE_CHECKING:
    from playground.pictures.prepare import PreparedPicture

_SECONDS_SILENT = 2.0  # while pictures are read


def _predicted(document: Document) -> str:
    return "\n".join(
        " ".join([f"{p['image']}: {p.get('label', p.get('error'))}", *p.get("notes", ())])
        for p in document["predictions"]
    )


@click.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@printed(_predicted)
def predict(run: str, images: tuple[str, ...]) -> Document:
    """Say which garment each picture shows."""
    lab = open_lab()
    record = lab.library.run(run)
    if record.example:
        tell(f"Asked: {record.name}, which comes with the playground.")
    predictions = _answered(lab, record, _read(images))
    failed = any("error" in prediction for prediction in predictions)
    return {"predictions": predictions, **marked(record), "exit_status": int(failed)}


def _read(images: Sequence[str]) -> list[tuple[str, PreparedPicture | str]]:
    """Each picture as a network sees it, or what is wrong with it."""
    found: list[tuple[str, PreparedPicture | str]] = []
    told = time.monotonic()
    for number, image in enumerate(images):
        if time.monotonic() - told > _SECONDS_SILENT:
            tell(f"{number} of {len(images)} pictures are read ...")
            told = time.monotonic()
        try:
            found.append((image, read_garment(_content(named(image)), image)))
        except OSError as error:
            found.append((image, f"{image} cannot be read: {error.strerror}."))
        except PlaygroundError as error:
            found.append((image, str(error)))
    return found


def _content(file: Path) -> bytes:
    """At most a byte more than a picture may have: a longer file is refused, and never read as a whole."""
    from playground.pictures.decode import MAX_BYTES

    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _answered(lab: Lab, run: Run, read: Sequence[tuple[str, PreparedPicture | str]]) -> list[Document]:
    """What the run's network says of all pictures that could be read, asked about together."""
    import torch

    from playground.data.classes import CLASS_NAMES

    pixels = [torch.from_numpy(seen.pixels) for _, seen in read if not isinstance(seen, str)]
    answers = iter(lab.scores.probabilities(run, torch.stack(pixels)).tolist() if pixels else ())

    def answer(image: str, seen: PreparedPicture | str) -> Document:
        if isinstance(seen, str):
            return {"image": image, "error": seen}
        shares = next(answers)
        label = max(zip(shares, CLASS_NAMES, strict=True))[1]
        notes = {"notes": list(seen.notes)} if seen.notes else {}
        return {
            "image": image,
            "label": label,
            "probabilities": dict(zip(CLASS_NAMES, shares, strict=True)),
            **notes,
        }

    return [answer(image, seen) for image, seen in read]
