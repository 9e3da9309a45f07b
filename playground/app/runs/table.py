"""The table of runs: one row a run, sorted by a click on a column, filtered by words and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from playground.app.components.clock import zone
from playground.app.components.markdown import sentence
from playground.app.components.received import several
from playground.app.shared.session import Session
from playground.app.shared.words import SAMPLE, listed
from playground.runs.about import About
from playground.training.events import EpochMetrics
from playground.training.record import Run, RunState

_KEY = "runs_table"
ALL_STATES = tuple(state.value for state in RunState)


def runs_table(tab: Session, runs: Sequence[Run], abouts: Mapping[str, About]) -> list[Run]:
    """Show runs, newest first with the pinned on top, and return those that are chosen.

    What is chosen is kept by name in the tab: whatever rows the table shows, the ticks follow the runs.
    """
    said = {run.run: abouts.get(run.run, About()) for run in runs}
    runs = sorted(runs, key=lambda run: (said[run.run].pinned, run.created), reverse=True)
    words, states = _filters()
    shown = [run for run in runs if fits(run, said[run.run], words, states)]
    st.caption(f"{len(shown):,} of {len(runs):,} runs. Choose rows to overlay, compare, rename or delete them.")
    names = tuple(run.run for run in shown)
    tab.runs_chosen = tuple(run for run in tab.runs_chosen if run in said)
    _tick(tab, names)
    st.dataframe(
        [row(run, said[run.run]) for run in shown],
        hide_index=True,
        key=_KEY,
        on_select=partial(_ticked, tab, names),
        selection_mode="multi-row",
        height=min(420, 74 + 35 * max(1, len(shown))),
        column_config=_columns(zone()),
    )
    ticked = frozenset(tab.runs_chosen)
    hidden = [run for run in runs if run.run in ticked - frozenset(names)]
    if hidden:
        with st.container(horizontal=True, vertical_alignment="center"):
            words = sentence(listed(run.name for run in hidden))
            st.caption(f"Selected, but hidden by the filters: {words}.", width="content")
            st.button("Deselect them", key="let_go", on_click=_let_go, args=(tab, names))
    return [*(run for run in shown if run.run in ticked), *hidden]


def _tick(tab: Session, names: Sequence[str]) -> None:
    """Put the ticks where the chosen runs are among the rows."""
    ticked, now = frozenset(tab.runs_chosen), st.session_state.get(_KEY)
    positions = [position for position, run in enumerate(names) if run in ticked]
    rows = () if now is None else read_rows(now, len(names))
    if rows is None or sorted(rows) != positions:
        st.session_state[_KEY] = {"selection": {"rows": positions, "columns": [], "cells": []}}


def _ticked(tab: Session, names: Sequence[str]) -> None:
    """Take over the ticks of the rows that were shown; of other runs nothing was said."""
    rows = read_rows(st.session_state.get(_KEY), len(names))
    if rows is not None:
        shown = frozenset(names)
        tab.runs_chosen = (*(run for run in tab.runs_chosen if run not in shown), *(names[row] for row in rows))


def read_rows(said: object, count: int) -> tuple[int, ...] | None:
    """The rows that are ticked in a table of so many; None where that cannot be said of it."""
    selection = said.get("selection") if isinstance(said, Mapping) else None
    return several(selection.get("rows"), count) if isinstance(selection, Mapping) else None


def _let_go(tab: Session, names: Sequence[str]) -> None:
    tab.runs_chosen = tuple(run for run in tab.runs_chosen if run in names)


def _filters() -> tuple[str, list[str]]:
    with st.sidebar:
        words = st.text_input(
            "Find", key="runs_words", max_chars=200, persist_state="session",
            placeholder="name, note, optimizer or seed",
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


def _columns(at: ZoneInfo | None) -> dict[str, Any]:
    """How the columns are shown; times in a zone, that of the browser where it is known."""
    created = st.column_config.DatetimeColumn(
        format="DD MMM YYYY HH:mm z", timezone=at.key if at else None, help="In the time zone shown."
    )
    return {**_COLUMNS, "Created": created}


_COLUMNS = {
    "Pinned": st.column_config.TextColumn(help="Pinned runs are listed first."),
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
    "Run": st.column_config.TextColumn(help="The name of its folder: it begins with the time in UTC."),
}
