"""Whole trainings, each in a process of its own, as a person would start them from the command line."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from playground.data.sources.cache import CACHE_NAME, write_cache
from playground.errors import DataError
from playground.experiment.presets import PRESETS
from playground.metrics.uncertainty import standard_error
from playground.system import processes

if TYPE_CHECKING:
    from playground.data.images import FashionData

RECIPES = ("quick", "accurate")
"""The presets that are measured from start to end, those of them that there are."""


@dataclass(frozen=True)
class Recipe:
    """A recipe from the start of its process to its result, per seed; accuracies are fractions.

    Attributes:
        test_images: How many images the test accuracy is a fraction of.
        precision: In which number format this processor trains it.
        test_time_mirror, test_time_shift: Whether the test scores are means over each image and its mirror image,
            and over its shifts.
        wall_seconds: As `train` tells them: start of Python, imports, reading the images, training, testing.
        tutorial_epochs: The same in tutorial epochs of this very run of the bench.
        peak_memory_mb: Largest resident size of each process in MB; None where the system does not tell.
    """

    name: str
    seeds: tuple[int, ...]
    parameters: int
    epochs: int
    precision: str
    test_images: int
    test_time_mirror: bool
    test_time_shift: bool
    wall_seconds: tuple[float, ...]
    tutorial_epochs: tuple[float, ...]
    test_accuracies: tuple[float, ...]
    peak_memory_mb: tuple[float | None, ...]

    @property
    def mean_accuracy(self) -> float:
        """Mean test accuracy over the seeds."""
        return statistics.fmean(self.test_accuracies)

    @property
    def deviation_over_seeds(self) -> float | None:
        """Standard deviation of the test accuracy between seeds (n - 1); None with one seed."""
        return statistics.stdev(self.test_accuracies) if len(self.seeds) > 1 else None

    @property
    def standard_error(self) -> float:
        """Standard error of the mean from the test images being a sample, sqrt(p (1 - p) / n).

        All seeds are judged on the same images, so averaging over seeds does not shrink it.
        """
        return standard_error(self.mean_accuracy, self.test_images)


def recipes(presets: Container[str] = PRESETS) -> tuple[str, ...]:
    """The recipes that are among the presets."""
    return tuple(name for name in RECIPES if name in presets)


@contextmanager
def home_with(data: FashionData) -> Iterator[Path]:
    """A home for the processes, with the images in it and without anybody's runs; gone at the end.

    Raises:
        DataError: The full set is not here: its sample says nothing about the recipes.
    """
    if data.name != "full":
        raise DataError(
            "The recipes are measured on all 70,000 images, and only the sample is here. "
            "Run `python -m playground data`, or give --fast, which needs no more."
        )
    with TemporaryDirectory() as name:
        home = Path(name)
        (home / "data").mkdir()
        write_cache(home / "data" / CACHE_NAME, data)
        yield home


def measure_recipe(
    name: str,
    seeds: Sequence[int],
    tutorial_epoch: float,
    home: Path,
    say: Callable[[str], None],
    test_images: int = 10_000,
    changes: Sequence[str] = (),
) -> Recipe:
    """Train a preset on the processor, once a seed.

    Args:
        name: The preset.
        seeds: At least one.
        tutorial_epoch: Seconds of the unit.
        home: Where the images are and the runs are kept.
        say: Told which seed it is.
        test_images: How many test images there are.
        changes: Settings besides, such as "training.epochs=1".

    Raises:
        RunError: A training did not reach its end.
    """
    results, peaks = [], []
    for seed in seeds:
        say(f"{name}, seed {seed}")
        result, peak = _trained(name, home, f"training.seed={seed}", *changes)
        results.append(result)
        peaks.append(peak)
    walls = tuple(result["wall_seconds"] for result in results)
    about = "parameters", "epochs", "precision", "test_time_mirror", "test_time_shift"
    same = {key: results[0][key] for key in about}
    return Recipe(
        name=name,
        seeds=tuple(seeds),
        **same,
        test_images=test_images,
        wall_seconds=walls,
        tutorial_epochs=tuple(wall / tutorial_epoch for wall in walls),
        test_accuracies=tuple(result["test_accuracy"] for result in results),
        peak_memory_mb=tuple(peaks),
    )


def measure_memory(name: str, precision: str, home: Path, changes: Sequence[str] = ()) -> float | None:
    """Peak memory, in MB, of a process that trains one epoch of a preset; None where the system does not tell."""
    return _trained(name, home, "training.epochs=1", f"training.precision={precision}", *changes)[1]


def _trained(name: str, home: Path, *changes: str) -> tuple[dict[str, Any], float | None]:
    settings = [word for change in ("training.device=cpu", *changes) for word in ("--set", change)]
    command = ["-m", "playground", "train", name, *settings, "--json"]
    done = processes.run(command, environment={"PLAYGROUND_HOME": str(home)})
    return json.loads(done.last_line), done.peak_memory_mb
