"""Which pixels speak for a class, by several methods beside each other."""

from __future__ import annotations

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.gallery import enlarged
from playground.app.shared.job_panel import arrived
from playground.app.shared.picture import NamedImage
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import map_columns, painted, take_away
from playground.data.classes import CLASS_NAMES
from playground.interpret.attribution import METHODS, Attribution
from playground.lab.lab import Lab
from playground.training.record import Run


def attributions_view(lab: Lab, selected: SelectedEpoch, shown: NamedImage) -> None:
    """Choose a class, and see what each method says of its score."""
    run, epoch = selected.run, selected.epoch
    likeliest = int(lab.scores.probabilities(run, shown.pixels[None], epoch)[0].argmax())
    chosen = st.selectbox(
        "Class", ("the prediction", *CLASS_NAMES), key="inside_class", persist_state="session", width=260,
        format_func=lambda name: f"{CLASS_NAMES[likeliest]}, the prediction" if name == "the prediction" else name,
        help="The class whose score is explained.",
    )  # fmt: skip
    attributions_row(
        lab, run, epoch, shown, likeliest if chosen == "the prediction" else CLASS_NAMES.index(chosen)
    )


def attributions_row(lab: Lab, run: Run, epoch: int, shown: NamedImage, target: int) -> None:
    """What each method says of the score of a class, beside each other."""
    lacking = {name: method.lacks(run.experiment.architecture) for name, method in METHODS.items()}
    works = [name for name, reason in lacking.items() if reason is None]
    jobs = [lab.inside.attribution(run, epoch, shown.pixels, name, target) for name in works]
    there = arrived(jobs, "Computing attributions")
    found = dict(zip(works, there, strict=True))
    st.caption(
        f"They explain the score of {CLASS_NAMES[target]} before softmax. Orange pixels raise the score, "
        "blue pixels lower it. Each picture has its own scale."
    )
    for name, cell in zip(METHODS, st.columns(len(METHODS)), strict=True):
        with cell, show_errors():
            st.markdown(f"**{name}**")
            if lacking[name] is not None:
                st.info(lacking[name])
            elif (one := found[name]) is not None:
                _picture(name, one, shown, target)
            st.caption(f"{METHODS[name].explanation} {METHODS[name].source}.")


def _picture(name: str, found: Attribution, shown: NamedImage, target: int) -> None:
    values = found.pixels.numpy()
    most = float(abs(values).max())
    picture = painted(values[None], most)
    st.image(
        enlarged(picture[0]),
        output_format="PNG",
        width="stretch",
        alt=f"{name} for {CLASS_NAMES[target]}, {shown.name}",
    )
    about = f", of {found.about}" if found.about else ""
    if found.about and not most:
        about += ": its weighted maps sum to a negative value, which Grad-CAM sets to zero"
    st.caption(f"{values.min():.3g} to {values.max():.3g}{about}")
    if found.delta is not None:
        st.markdown(
            f"**Convergence delta {found.delta:.2g}**: the pixels come to {values.sum():.4g}, and the scores of "
            f"this image, {found.score:.4g}, and of a black one, {found.baseline_score:.4g}, are "
            f"{found.score - found.baseline_score:.4g} apart."
        )
    numbers = map_columns(values, ("row", "column"))
    take_away(f"{name.lower().replace(' ', '-')}-{target}", numbers, picture)
