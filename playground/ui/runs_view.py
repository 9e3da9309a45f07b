"""What can be done with the runs that are chosen in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from playground.core.differences import differences, side_by_side
from playground.core.family import families
from playground.core.run import Run
from playground.services.export import Export
from playground.services.importing import MOST_BYTES
from playground.services.lab import Lab
from playground.ui.errors import told
from playground.ui.runs_figures import (
    ALONG,
    COSTS,
    QUANTITIES,
    Reported,
    family_figure,
    overlay_figure,
    picture_figure,
)
from playground.ui.still_chart import still_chart
from playground.ui.words import sentence

_MOST_TREES = 5


def overlay(runs: Sequence[Run]) -> None:
    """Curves of several runs over each other."""
    left, right = st.columns(2)
    with left:
        quantity = st.selectbox("Curve", tuple(QUANTITIES), key="overlay_quantity", persist_state="session")
    with right:
        along = st.segmented_control("Over", tuple(ALONG), default="epoch", key="overlay_along", required=True)
    names = ", ".join(run.name for run in runs)
    still_chart(overlay_figure(runs, quantity, along), key="overlay", alt=f"{quantity} of {names} over {along}")


def settings_table(runs: Sequence[Run]) -> None:
    """Settings side by side."""
    only = st.toggle("Differences only", value=True, key="settings_differences", persist_state="session")
    experiments = [run.experiment for run in runs]
    rows = (differences if only else side_by_side)(experiments)
    if not rows:
        st.caption("These runs have the very same settings.")
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


def picture(runs: Sequence[Run], reported: Sequence[Reported]) -> None:
    """What runs cost against what they reach, with the published systems."""
    cost = st.segmented_control("Against", tuple(COSTS), default="parameters", key="picture_cost", required=True)
    if cost == "seconds" and all(run.test_accuracy is None for run in runs):
        st.info("No run has been tested yet, and articles do not tell their seconds: train a network first.")
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
    with st.popover("Import", icon=":material/input:", help="Make a run of a zip that was exported elsewhere."):
        file = st.file_uploader("An export", type="zip", key="import", max_upload_size=MOST_BYTES >> 20)
        if file is not None and st.button("Make it a run", icon=":material/check:"):
            with st.spinner("Reading and judging it", show_time=True), told():
                st.session_state["brought_in"] = lab.bring_in(file.getvalue())
                st.rerun()
    run = st.session_state.pop("brought_in", None)
    if run is not None:
        st.toast(f"Imported as run {run}; it stands on top of the table.", icon=":material/input:")


def details(lab: Lab, run: Run) -> None:
    """What can be said about one run, and what it costs on the disk."""
    about = lab.about(run.run)
    name = st.text_input("Name", run.name, max_chars=80, key=f"name-{run.run}")
    note = st.text_area("Note", about.note, max_chars=2000, key=f"note-{run.run}", height=80)
    pinned = st.checkbox("Pinned", about.pinned, key=f"pinned-{run.run}", help="Stands on top of the table.")
    said = {"name": name.strip(), "note": note, "pinned": pinned}
    if said != {"name": run.name, "note": about.note, "pinned": about.pinned}:
        _do(lambda each: lab.say(each, **said), run.run)
    kept = lab.kept_epochs(run)
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
            with st.spinner("Converting and verifying, about ten seconds", show_time=True), told():
                st.session_state[key] = lab.export(run.run)
                st.rerun()
        return
    st.download_button(
        "Download the export", made.content, f"{run.run}.zip", "application/zip", icon=":material/download:",
        on_click="ignore", help=", ".join(made.files),
    )  # fmt: skip
    st.caption(f":material/verified: verify.py, run on these files: {sentence(made.verified)}")


def delete_buttons(lab: Lab, chosen: Sequence[Run]) -> None:
    """Delete what is chosen, and undo it."""
    count = len(chosen)
    if chosen and st.button(f"Delete {count} run{'s' * (count > 1)}", icon=":material/delete:", key="delete"):
        st.session_state["deleted"] = [run.run for run in chosen]
        _do(lab.delete, *(run.run for run in chosen))
    gone: list[str] = st.session_state.get("deleted", [])
    if gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{len(gone)} run{'s' * (len(gone) > 1)} deleted; gone for good after a day.", width="content"
            )
            if st.button("Undo", icon=":material/undo:", key="undelete"):
                st.session_state["deleted"] = []
                _do(lab.bring_back, *gone)


def _do(change: Callable[[str], None], *runs: str) -> None:
    with told():
        for run in runs:
            change(run)
        st.rerun()
