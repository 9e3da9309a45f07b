"""What `bench` found: aligned columns for a terminal, or a part of a Markdown document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from playground.benchmarks.peers import PEERS
from playground.commands.output import Document, percent
from playground.experiment.experiment import DataChoice

_SPEEDS = (
    "three-conv-batch-norm", "s an epoch", "times as fast", "lowest-highest", "images/s", "peak GFLOP/s",
    "share of peak", "peak MB",
)  # fmt: skip
_RECIPES = ("recipe", "seed", "wall s", "tutorial epochs", "test accuracy", "peak MB")


@dataclass(frozen=True)
class Table:
    """A head and rows of as many words each; the first column is text, the others are figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def aligned(self) -> str:
        """Columns under each other."""
        lines = (self.head, *self.rows)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(_spaced(line, widths) for line in lines)

    def markdown(self) -> str:
        """A table of Markdown, figures to the right."""
        ruler = ("---", *("---:" for _ in self.head[1:]))
        return "\n".join(f"| {' | '.join(line)} |" for line in (self.head, ruler, *self.rows))


def in_words(document: Document) -> str:
    """For a terminal."""
    return "\n\n".join(part.aligned() if isinstance(part, Table) else part for part in _parts(document))


def in_markdown(document: Document) -> str:
    """The same with the JSON object, without a title: it can stand beside other measurements."""
    parts = [part.markdown() if isinstance(part, Table) else part for part in _parts(document)]
    return "\n\n".join([*parts, f"```json\n{json.dumps(document, indent=2)}\n```"]) + "\n"


def _spaced(words: tuple[str, ...], widths: list[int]) -> str:
    figures = (word.rjust(width) for word, width in zip(words[1:], widths[1:], strict=True))
    return "  ".join((words[0].ljust(widths[0]), *figures)).rstrip()


def _parts(document: Document) -> Iterator[str | Table]:
    yield f"{document['date']}, {document['processor']}, {document['threads']} threads, torch {document['torch']}"
    yield Table(_SPEEDS, tuple(_speeds(document)))
    yield (
        f"An epoch has 60,000 images, a batch 256. Medians of n = {document['rounds']} rounds, in each of which "
        f"every side trained on {document['images']:,} images, ours {document['epochs']} times, in the app's "
        "background thread.\n"
        f"Share of peak: {document['training_operations'] / 1e6:.1f} million operations to train on an image, "
        "times images a second, over the measured rate of a 2048 x 2048 matrix product."
    )
    yield from (_emulated(ours) for ours in document["ours"] if ours["images"] < document["images"])
    if document["recipes"]:
        yield Table(_RECIPES, tuple(row for recipe in document["recipes"] for row in _trainings(recipe)))
        yield "\n".join(_about(recipe) for recipe in document["recipes"])


def _speeds(document: Document) -> Iterator[tuple[str, ...]]:
    unit = document["tutorial_seconds_an_epoch"]
    memory = _megabytes(document["tutorial_peak_memory_mb"])
    yield "tutorial loop, float32", f"{unit:.1f}", "1", "-", f"{60_000 / unit:,.0f}", "-", "-", memory
    found = {peer["name"]: peer for peer in document["peers"]}
    for name in () if document["fast"] else PEERS:
        if name in found:
            yield f"{name} {found[name]['version']}, float32", *_speed(found[name])
        else:
            yield f"{name}: pip install -r requirements-bench.txt", *["not installed", *["-"] * 6]
    for ours in document["ours"]:
        yield f"ours, {ours['precision']}", *_speed(ours)


def _speed(side: Document) -> Iterator[str]:
    yield f"{side['seconds_an_epoch']:.1f}"
    yield f"{side['ratio']:.2f}"
    yield f"{side['ratio_lowest']:.2f}-{side['ratio_highest']:.2f}"
    yield f"{side['images_a_second']:,.0f}"
    yield f"{side['matmul_gflops']:,.0f}" if "matmul_gflops" in side else "-"
    yield f"{side['peak_share']:.1%}" if "peak_share" in side else "-"
    yield _megabytes(side["peak_memory_mb"])


def _megabytes(memory: float | None) -> str:
    return "-" if memory is None else f"{memory:,.0f}"


def _emulated(ours: Document) -> str:
    side = ours["matmul_side"]
    return (
        f"This processor has no units for {ours['precision']}: it is emulated, and measured on "
        f"{ours['images']:,} images and on a {side} x {side} product."
    )


def _trainings(recipe: Document) -> Iterator[tuple[str, ...]]:
    columns = ("seeds", "wall_seconds", "tutorial_epochs", "test_accuracies", "peak_memory_mb")
    for seed, wall, epochs, accuracy, memory in zip(*(recipe[name] for name in columns), strict=True):
        yield recipe["name"], str(seed), f"{wall:.1f}", f"{epochs:.2f}", percent(accuracy), _megabytes(memory)
    wall, epochs = (fmean(recipe[name]) for name in ("wall_seconds", "tutorial_epochs"))
    yield recipe["name"], "mean", f"{wall:.1f}", f"{epochs:.2f}", percent(recipe["mean_accuracy"]), "-"


def _about(recipe: Document) -> str:
    spread, seeds = recipe["deviation_over_seeds"], len(recipe["seeds"])
    averaging = DataChoice(**{each: recipe[each] for each in ("test_time_mirror", "test_time_shift")}).averaging
    averaged = f"averaged over each image and {averaging}" if averaging else "not averaged"
    return (
        f"{recipe['name']}: {recipe['parameters']:,} parameters, {recipe['epochs']} epochs in "
        f"{recipe['precision']}, test scores {averaged}. Test accuracy {percent(recipe['mean_accuracy'])}, "
        f"standard error {percent(recipe['standard_error'])} from the {recipe['test_images']:,} test images, "
        f"standard deviation {percent(spread)} between n = {seeds} seed{'s' * (seeds > 1)}."
    )
