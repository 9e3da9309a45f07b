"""Everything that `bench` measures, in one run, as one JSON object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from playground.benchmarks.engine_speed import SYSTEM
from playground.benchmarks.peers import installed_peers
from playground.benchmarks.ratios import Ratios, measure_ratios
from playground.benchmarks.recipes import Recipe, home_with, measure_memory, measure_recipe, recipes

if TYPE_CHECKING:
    from playground.data.images import FashionData


def measure_fast(data: FashionData, say: Callable[[str], None], threads: int | None = None) -> dict[str, Any]:
    """The ratios only, against the tutorials' loop."""
    return document(measure_ratios(data, say, threads=threads), fast=True)


def measure_all(
    data: FashionData, say: Callable[[str], None], seeds: Sequence[int], threads: int | None = None
) -> dict[str, Any]:
    """The ratios with the peers that are installed, our memory in each precision, and the recipes.

    Raises:
        DataError: The full set is not here.
    """
    with home_with(data) as home:
        ratios = measure_ratios(data, say, against=installed_peers(), threads=threads)
        say("Memory")
        weighed = tuple(
            replace(ours, peak_memory_mb=measure_memory(SYSTEM, ours.precision, home)) for ours in ratios.ours
        )
        unit, judges = ratios.tutorial_seconds_an_epoch, len(data.test)
        trained = tuple(measure_recipe(name, seeds, unit, home, say, judges) for name in recipes())
    return document(replace(ratios, ours=weighed), trained)


def document(ratios: Ratios, trained: Sequence[Recipe] = (), fast: bool = False) -> dict[str, Any]:
    """What was measured, as JSON; `fast` says that only the ratios were asked for."""
    return {"fast": fast, **asdict(ratios), "recipes": [_recipe(each) for each in trained]}


def _recipe(recipe: Recipe) -> dict[str, Any]:
    return {
        **asdict(recipe),
        "mean_accuracy": recipe.mean_accuracy,
        "deviation_over_seeds": recipe.deviation_over_seeds,
        "standard_error": recipe.standard_error,
    }
