"""What the inspection pages share: which run, which images, which epoch, and the class scores for them."""

from __future__ import annotations

from typing import cast

import streamlit as st

from playground.analysis.scores import Part, ScoredImages
from playground.app.components.markdown import literal, sentence
from playground.app.shared.runs import newest_first, pick_run
from playground.app.shared.selected_epoch import ONCE, pick_epoch, validated
from playground.app.shared.session import Session
from playground.app.shared.warmup import warmed_up
from playground.app.shared.words import after_training
from playground.errors import PlaygroundError
from playground.lab.lab import Lab
from playground.training.record import Run


def described(seen: ScoredImages) -> str:
    """Which images these are, in words."""
    guided_by_test = seen.run.experiment.data.validation == "test"
    images = f"{len(seen.images):,} {'test' if guided_by_test else seen.part} images"
    images += " of the bundled sample" if seen.is_substitute else ""
    if guided_by_test:
        images += ", which also guided this run, as in its article"
    elif seen.part == "validation":
        images += ", never trained on"
    else:
        images += ", evaluated once"
    return f"{images}, {after_training(seen.run, seen.epoch)}"


def inspected(lab: Lab, tab: Session) -> ScoredImages | None:
    """Let the person choose run, images and epoch in the sidebar; None, and what to do, if there is no run."""
    if not warmed_up(lab):
        return None
    run = pick_run(lab, tab)
    if run is None:
        return None
    parts = _parts(run)
    if not parts:
        st.info("This run has no class scores: it had no validation images and ended before it was tested.")
        return None
    part = cast(
        Part,
        st.sidebar.radio(
            "Images",
            parts,
            key="part",
            horizontal=True,
            format_func=lambda part: "test" if run.experiment.data.validation == "test" else part,
            bind="query-params",
            help="Validation images were never trained on and guide the choice. The test images are looked at "
            "once, when a run ends.",
        ),
    )
    selected = pick_epoch(lab, tab, run, last_only=ONCE if part == "test" else "")
    seen = lab.scores.scored(run, part, selected.epoch)
    if seen.is_substitute:
        st.caption(
            ":material/database: The images that this run was trained with are not here now. Shown are the tenth "
            f"of its {part} images that the bundled sample has, with the network's predictions."
        )
    return seen


def _parts(run: Run) -> list[str]:
    """What a run can be judged by. With `validation: test` both are the same images: those with every epoch."""
    if run.experiment.data.validation == "test" and validated(run):
        return ["validation"]
    return (["validation"] if validated(run) else []) + (["test"] if run.test_accuracy is not None else [])


def comparable(lab: Lab, seen: ScoredImages) -> dict[str, Run]:
    """The other runs that were judged by the same images, by their names in the lab, newest first."""

    def fits(run: Run) -> bool:
        same_images = run.data.fingerprint == seen.run.data.fingerprint and (
            seen.part == "test" or run.experiment.data.validation == seen.run.experiment.data.validation
        )
        return run.run != seen.run.run and same_images and run.has_weights and seen.part in _parts(run)

    return {run.run: run for run in newest_first(lab) if fits(run)}


def judged_beside(lab: Lab, seen: ScoredImages, run: Run) -> ScoredImages | None:
    """Another run judged by the same images after its last epoch; a sentence and None where that cannot be."""
    try:
        with st.spinner("Evaluating the other network", show_time=True):
            other = lab.scores.scored(run, seen.part)
    except PlaygroundError as error:
        st.warning(sentence(error), icon=":material/error:")
        return None
    if other.is_substitute != seen.is_substitute or len(other.images) != len(seen.images):
        st.warning(f"{literal(run.name)} was evaluated on other images.", icon=":material/error:")
        return None
    return other
