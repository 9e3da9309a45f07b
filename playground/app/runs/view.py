"""What can be done with the runs that are chosen in the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.app.components.clock import when, zone
from playground.app.components.errors import show_errors
from playground.app.components.markdown import literal, sentence
from playground.app.components.one_of import one_of
from playground.app.components.still_chart import still_chart
from playground.app.runs.figures import (
    ALONG,
    COSTS,
    QUANTITIES,
    ReportedSystem,
    family_figure,
    overlay_figure,
    picture_figure,
)
from playground.app.shared.session import Session
from playground.errors import PlaygroundError
from playground.experiment.differences import differences, side_by_side
from playground.export.archive import Export
from playground.export.import_archive import MOST_BYTES
from playground.lab.lab import Lab
from playground.runs.lineage import families
from playground.training.record import Run

_MOST_TREES = 5


def overlay(runs: Sequence[Run]) -> None:
    """Curves of several runs over each other."""
    left, right = st.columns(2)
    with left:
        quantity = st.selectbox("Curve", tuple(QUANTITIES), key="overlay_quantity", persist_state="session")
    with right:
        along = one_of("Over", tuple(ALONG), default="epoch", key="overlay_along")
    names = ", ".join(run.name for run in runs)
    still_chart(overlay_figure(runs, quantity, along), key="overlay", alt=f"{quantity} of {names} over {along}")


def settings_table(runs: Sequence[Run]) -> None:
    """Settings side by side."""
    only = st.toggle("Differences only", value=True, key="settings_differences", persist_state="session")
    experiments = [run.experiment for run in runs]
    rows = (differences if only else side_by_side)(experiments)
    if not rows:
        st.caption("These runs have the same settings.")
        return
    columns = [f"{position}. {run.name}" for position, run in enumerate(runs, 1)]
    st.dataframe(
        [
            {"Setting": path, **{name: _shown(value) for name, value in zip(columns, values, strict=True)}}
            for path, values in rows.items()
        ],
        hide_index=True, key="settings_table",
    )  # fmt: skip


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def picture(runs: Sequence[Run], reported: Sequence[ReportedSystem]) -> None:
    """What runs cost against what they reach, with the published systems."""
    cost = one_of("Against", tuple(COSTS), default="parameters", key="picture_cost")
    if cost == "seconds" and all(run.test_accuracy is None for run in runs):
        st.info("No run has been tested yet, and articles do not report seconds: train a network first.")
        return
    still_chart(
        picture_figure(runs, reported, cost), key="picture",
        alt=f"Test accuracy against {cost} of {len(runs)} runs and {len(reported)} published systems",
    )  # fmt: skip
    st.caption(
        "Open diamonds are what articles report, dots are runs of this home; those named *as published* come "
        "from `python -m playground reproduce`. Dotted lines: accuracies from the data set's README, not "
        "measured again."
    )


def forks(runs: Sequence[Run], chosen: Sequence[Run]) -> None:
    """The trees of forks; those of the chosen runs, if any of them has relatives."""
    trees, names = families(runs), {run.run for run in chosen}
    of_chosen = [tree for tree in trees if names & {run.run for run in tree}]
    shown = of_chosen or trees
    if not shown:
        return
    st.subheader("Forks")
    for tree in shown[-_MOST_TREES:]:
        still_chart(
            family_figure(tree), key=f"forks-{tree[0].run}",
            alt="; ".join(f"{run.name} leaves its parent after epoch {run.parent_epoch}" for run in tree[1:]),
        )  # fmt: skip
    if len(shown) > _MOST_TREES:
        st.caption(f"The newest {_MOST_TREES} of {len(shown)}; choose runs in the table to see theirs.")


def bring_in(lab: Lab) -> None:
    """A field that takes an export and makes a run of it."""
    with st.popover("Import", icon=":material/input:", help="Import a run from an exported zip."):
        file = st.file_uploader("An export", type="zip", key="import", max_upload_size=MOST_BYTES >> 20)
        if file is not None and st.button("Import it", icon=":material/check:"):
            with st.spinner("Reading and evaluating it", show_time=True), show_errors():
                st.session_state["brought_in"] = lab.transfer.bring_in(file.getvalue())
                st.rerun()
    run = st.session_state.pop("brought_in", None)
    if run is not None:
        st.toast(f"Imported as run {run}; it is the first row of the table.", icon=":material/input:")


def details(lab: Lab, tab: Session, run: Run) -> None:
    """What can be said about one run, and what it costs on the disk."""
    about = lab.library.about(run.run)
    st.subheader(literal(run.name))
    st.caption(f"Run {run.run}, begun {when(run.created, zone())}.")
    known = {"name": about.name or run.name, "note": about.note, "pinned": about.pinned}
    keys = {field: f"{field}-{run.run}" for field in known}
    for field, value in known.items():  # another tab may have changed it: what is written down holds
        if st.session_state.get(keys[field]) != value:
            st.session_state[keys[field]] = value

    def said(field: str) -> None:
        value = st.session_state[keys[field]]
        try:
            lab.library.say(run.run, **{field: value.strip() if field == "name" else value})
        except PlaygroundError as error:
            tab.complaints = (f"{run.name} was not changed: {error}",)

    st.text_input("Name", max_chars=80, key=keys["name"], on_change=said, args=("name",))
    st.text_area("Note", max_chars=2000, key=keys["note"], height=80, on_change=said, args=("note",))
    st.checkbox(
        "Pinned", key=keys["pinned"], help="Listed first in the table.", on_change=said,
        args=("pinned",),
    )  # fmt: skip
    kept = lab.library.kept_epochs(run)
    dropped = [each.epoch for each in run.epochs if each.epoch not in kept.weights]
    words = f"{kept.size / 1e6:.1f} MB on the disk; weights of {len(kept.weights)} of {len(run.epochs)} epochs"
    if kept.weights:
        _export(lab, run)
    st.caption(words + (f", dropped: {', '.join(map(str, dropped))}." if dropped else "."))


def _export(lab: Lab, run: Run) -> None:
    """Make the zip on request: it takes seconds, and is verified before it is offered."""
    key = f"export-{run.run}"
    made: Export | None = st.session_state.get(key)
    if made is None:
        if st.button(
            "Prepare an export", icon=":material/package_2:", help="Weights, ONNX model, scripts: one zip."
        ):
            with st.spinner("Converting and verifying, about ten seconds", show_time=True), show_errors():
                st.session_state[key] = lab.transfer.export(run.run)
                st.rerun()
        return
    st.download_button(
        "Download the export", made.content, f"{run.run}.zip", "application/zip", icon=":material/download:",
        on_click="ignore", help=", ".join(made.files),
    )  # fmt: skip
    st.caption(f":material/verified: verify.py, run on these files: {sentence(made.verified)}")
