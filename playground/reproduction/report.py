"""What a reproduction measured and under which conditions, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from playground.reproduction.comparison import Comparison
from playground.reproduction.reproduction import Row


@dataclass(frozen=True)
class Conditions:
    """Where, when and how a reproduction was measured.

    Attributes:
        date: Of the report, such as 2026-01-31.
        command: What to type to get it again.
        seeds: How many trainings a system were asked for.
        source: Where the images came from; `verified`: whether they are exactly the published ones.
        train_images, test_images: How many there are.
    """

    date: str
    processor: str
    torch: str
    command: str
    seeds: int
    source: str
    verified: bool
    train_images: int
    test_images: int


def document(rows: Sequence[Row], conditions: Conditions) -> dict[str, Any]:
    """Everything as one JSON object. Accuracies are fractions, those of the last epoch."""
    return {**asdict(conditions), "systems": [_system(row) for row in rows]}


def _system(row: Row) -> dict[str, Any]:
    return {
        "name": row.system.name,
        "reported_parameters": row.system.article.parameters,
        "parameters": row.system.parameters,
        "settings_from_article": row.system.article.gives_settings,
        "settings": row.system.experiment.training.model_dump(mode="json"),
        **_compared(row.accuracy),
        "train_seconds": row.train_seconds,
        "after": [{"epoch": epoch, **_compared(figure)} for epoch, figure in row.after.items()],
        "classes": [{"name": name, **_compared(figure)} for name, figure in row.classes.items()],
        "runs": [
            {
                "run": each.run.run,
                "seed": each.run.experiment.training.seed,
                "test_accuracy": each.accuracy,
                "train_seconds": each.run.train_seconds,
                "device": each.run.device,
                "threads": each.run.threads,
                "trained_before": each.earlier,
            }
            for each in row.measured
        ],
        "faults": list(row.faults),
    }


def _compared(figure: Comparison) -> dict[str, Any]:
    return {
        "reported_accuracy": figure.reported,
        "reported_in_words": figure.words or None,
        "mean_accuracy": figure.mean,
        "spread": figure.spread,
        "standard_error": figure.standard_error,
        "n": len(figure.measured),
        "reached": figure.reached,
        "verdict": figure.verdict,
    }
