"""Finished runs without training them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from small import TINY

from playground.training.events import EpochMetrics
from playground.training.record import DataOrigin, Run, RunState

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int = 1, **changes: Any) -> Run:
    """The number-th run of a home, done after two epochs."""
    settings: dict[str, Any] = {
        "run": f"20260101-000000-{number:04}",
        "name": "tiny",
        "state": RunState.DONE,
        "created": BEGINNING + timedelta(seconds=number),
        "experiment": TINY,
        "parameters": 200,
        "data": DataOrigin(name="sample", source="sample", fingerprint="0", verified=True),
        "batches_in_epoch": 7,
        "epochs": tuple(EpochMetrics(e, 220, 2.0, 0.2, 2.1, 0.1, 0.1, 1.5) for e in (1, 2)),
        "test_loss": 2.2,
        "test_accuracy": 0.25,
        **changes,
    }
    return Run(**settings)
