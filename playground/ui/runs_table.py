"""The table of runs: one row a run, sorted by a click on a column, filtered by words and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground.core.events import EpochMetrics
from playground.core.run import Run, RunState
from playground.services.about import About
from playground.ui.words import SAMPLE

ALL_STATES = tuple(state.value for state in RunState)


def runs_table(runs: Sequence[Run], abouts: Mapping[str, About]) -> list[Run]:
    """Show runs, newest first with the pinned on top, and return those that are chosen."""
    said = {run.run: abouts.get(run.run, About()) for run in runs}
    runs = sorted(runs, key=lambda run: (said[run.run].pinned, run.created), reverse=True)
    words, states = _filters()
    shown = [run for run in runs if fits(run, said[run.run], words, states)]
    st.caption(f"{len(shown):,} of {len(runs):,} runs. Choose rows to overlay, compare, rename or delete them.")
    event = st.dataframe(
        [row(run, said[run.run]) for run in shown],
        hide_index=True,
        key="runs_table",
        on_select="rerun",
        selection_mode="multi-row",
        height=min(420, 74 + 35 * max(1, len(shown))),
        column_config=_COLUMNS,
    )
    chosen: list[int] = event.selection.rows
    return [shown[position] for position in chosen if position < len(shown)]


def _filters() -> tuple[str, list[str]]:
    with st.sidebar:
        words = st.text_input(
            "Find", key="runs_words", placeholder="name, note, optimizer or seed", persist_state="session",
            help="Every word has to be in the run's name, note, optimizer, seed or images.",
        )  # fmt: skip
        states = st.pills("State", ALL_STATES, selection_mode="multi", key="runs_states", persist_state="session")
    return words, list(states)


def fits(run: Run, about: About, words: str, states: Sequence[str]) -> bool:
    """Whether a run has all the words, and one of the states if any are given."""
    training = run.experiment.training
    text = (
        f"{run.name} {run.run} {about.note} {training.optimizer.name} seed {training.seed} {run.data.name}".lower()
    )
    return (not states or run.state.value in states) and all(word in text for word in words.lower().split())


def row(run: Run, about: About) -> dict[str, Any]:
    """What stands in the table; accuracies in percent."""
    return {
        "Name": run.name,
        "State": run.state.value,
        "Course": [_percent(_judged(each)) for each in run.epochs],
        "Validation": _percent(run.validation_accuracy),
        "Test": _percent(run.test_accuracy),
        "Best epoch": run.best_epoch,
        "Epochs": len(run.epochs),
        "Parameters": run.parameters,
        "Multiply-adds": run.multiply_adds or None,
        "Seconds": round(run.train_seconds, 1),
        "Seed": run.experiment.training.seed,
        "Images": "full set" if run.data.name == "full" else SAMPLE,
        "Created": run.created,
        "Pinned": "pinned" if about.pinned else "",
        "Run": run.run,
    }


def _judged(epoch: EpochMetrics) -> float:
    return epoch.train_accuracy if epoch.validation_accuracy is None else epoch.validation_accuracy


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


_COLUMNS = {
    "Pinned": st.column_config.TextColumn(help="Pinned runs stand on top."),
    "Course": st.column_config.LineChartColumn(
        help="Validation accuracy over the epochs; training accuracy where there is no validation.", width="small"
    ),
    "Validation": st.column_config.NumberColumn(
        format="%.2f %%", help="After the last epoch, of held-out images."
    ),
    "Test": st.column_config.NumberColumn(format="%.2f %%", help="Of the test images, with the last weights."),
    "Best epoch": st.column_config.NumberColumn(help="The first with the highest validation accuracy."),
    "Parameters": st.column_config.NumberColumn(format="localized"),
    "Multiply-adds": st.column_config.NumberColumn(format="localized", help="Of one image, forward."),
    "Seconds": st.column_config.NumberColumn(format="%.1f", help="Of training."),
    "Created": st.column_config.DatetimeColumn(format="DD MMM HH:mm"),
}
