"""What the inspection pages share: which run, which images, and their class scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import streamlit as st

from playground.core.run import Run
from playground.services.lab import Lab, Part
from playground.ui.network_view import wait_for_torch
from playground.ui.runs import pick_run
from playground.ui.session import Session
from playground.ui.words import after_training

if TYPE_CHECKING:
    from torch import Tensor

    from playground.core.fashion import Images


@dataclass(frozen=True, eq=False)
class Inspected:
    """A run with the images it is judged by and its scores (float32 [n, 10]) for them."""

    run: Run
    part: Part
    images: Images
    logits: Tensor

    @property
    def description(self) -> str:
        """Which images these are, in words."""
        count = f"{len(self.images):,}"
        if self.run.experiment.data.validation == "test":
            kind = f"{count} test images, which also guided this run, as in its article"
        elif self.part == "test":
            kind = f"{count} test images, looked at once"
        else:
            kind = f"{count} validation images, never trained on"
        return f"{kind}, {after_training(self.run)}"


def inspected(lab: Lab, tab: Session) -> Inspected | None:
    """Let the person choose a run and its images in the sidebar; None, and what to do, if there is none."""
    if not warmed_up(lab):
        return None
    run = pick_run(lab, tab)
    if run is None:
        return None
    parts = _parts(run)
    if not parts:
        st.info("This run has no scores to look at: it had no validation images and ended before it was tested.")
        return None
    part = cast(
        Part,
        st.sidebar.radio(
            "Images",
            parts,
            key="part",
            horizontal=True,
            persist_state="session",
            help="Validation images were never trained on and guide the choice. The test images are looked at "
            "once, when a run ends.",
        ),
    )
    return Inspected(run, part, lab.images(run, part), lab.logits(run, part))


def _parts(run: Run) -> list[str]:
    """What a run can be judged by. With `validation: test` both are the same images: one is enough."""
    validated = run.epochs and run.epochs[-1].validation_accuracy is not None
    if run.experiment.data.validation == "test":
        return ["test"] if run.test_accuracy is not None else ["validation"] if validated else []
    return (["validation"] if validated else []) + (["test"] if run.test_accuracy is not None else [])


def warmed_up(lab: Lab) -> bool:
    """Whether torch is there; if not, say so and draw the page again once it is."""
    if not lab.is_warm:
        wait_for_torch(lab)
    return lab.is_warm
