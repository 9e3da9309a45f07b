"""How a run reads icons of garments, or coloured pictures of them.

    python -m tools.benchmarks.icons RUN [--sealed] [--folder tests/coloured] [--sheet FILE]

Prints the share of pictures whose class comes first, and among the first three; by class, and every miss. The
sheet is a PNG of the misses: each picture, and beside it what the network saw.
"""

import argparse
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.pictures.garment_file import read_garment
from tools.benchmarks import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image
    from torch import Tensor


FOLDER = ROOT / "tests" / "icons"


@dataclass(frozen=True)
class Icon:
    """A picture file and its class."""

    file: Path
    label: str


def icons(half: str, folder: Path = FOLDER) -> list[Icon]:
    """The "open" or the "sealed" half of a folder's pictures."""
    with (folder / "labels.csv").open(newline="") as file:
        return [Icon(folder / row["file"], row["label"]) for row in csv.DictReader(file) if row["half"] == half]


def prepared(shown: "Sequence[Icon]") -> "Tensor":
    """The icons as a network sees them, uint8 [n, 28, 28]."""
    import torch

    pictures = (read_garment(icon.file.read_bytes(), icon.file.name) for icon in shown)
    return torch.stack([torch.from_numpy(each.pixels) for each in pictures])


def contact_sheet(misses: "Sequence[tuple[Icon, Tensor, str]]", columns: int = 5) -> "Image.Image":
    """Icons that were missed, each beside its 28 x 28 pixels, with a line of words beneath."""
    from PIL import Image, ImageDraw

    side, width, height = 112, 240, 132
    sheet = Image.new("RGB", (columns * width, -(-len(misses) // columns) * height), "white")
    for number, (icon, pixels, words) in enumerate(misses):
        left, top = number % columns * width, number // columns * height
        with Image.open(icon.file) as file:
            rgba = file.convert("RGBA")
        rgba.thumbnail((side, side))
        sheet.paste(rgba, (left + (side - rgba.width) // 2, top + (side - rgba.height) // 2), rgba)
        seen = Image.fromarray(pixels.numpy()).resize((side, side), Image.Resampling.NEAREST)
        sheet.paste(seen, (left + side + 4, top))
        ImageDraw.Draw(sheet).text((left + 2, top + side + 3), words, fill="black")
    return sheet


def main(run: str, half: str, folder: Path, sheet: Path | None = None) -> None:
    from playground.data.classes import CLASS_NAMES
    from playground.lab.lab import Lab
    from playground.lab.settings import load_settings
    from playground.system.executors import InlineExecutor

    lab = Lab(load_settings(), InlineExecutor())
    record, shown = lab.library.run(run), icons(half, folder)
    seen = prepared(shown)
    ranked = lab.scores.probabilities(record, seen).argsort(1, descending=True)
    counts, first, third, misses = Counter[str](), Counter[str](), 0, []
    for icon, pixels, order in zip(shown, seen, ranked.tolist(), strict=True):
        names = [CLASS_NAMES[each] for each in order[:3]]
        counts[icon.label] += 1
        first[icon.label] += names[0] == icon.label
        third += icon.label in names
        if names[0] != icon.label:
            print(f"{icon.file.stem}: {icon.label}, read as {', '.join(names)}")
            misses.append((icon, pixels, f"{icon.label}, read as {names[0]}"))
    if sheet is not None:
        contact_sheet(misses).save(sheet, optimize=True)
    for label, count in counts.items():
        print(f"{label}: {first[label]} of {count}")
    total = len(shown)
    print(
        f"{record.name}, {half} half: first {first.total() / total:.1%}, in three {third / total:.1%}, n = {total}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--sealed", action="store_true")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    main(given.run, "sealed" if given.sealed else "open", given.folder, given.sheet)
