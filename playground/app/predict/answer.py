"""What a network sees of a picture, and what it says. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st
import torch

from playground.app.components.charts import probability_figure
from playground.app.components.gallery import enlarged
from playground.app.components.live_chart import live_chart
from playground.app.components.markdown import literal, sentence
from playground.app.shared.picture import Picture
from playground.app.shared.pinboard import pin_button
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.session import Session
from playground.app.shared.words import after_training
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.pictures.stages import OPTIONAL
from playground.training.record import Run


def show_seen(lab: Lab, selected: SelectedEpoch, tab: Session) -> None:
    """The picture as the network sees it, and every step of the way; some can be left out."""
    st.subheader("What the network sees")
    picture = tab.picture
    if picture is None:
        st.info("Draw a garment, upload a picture, or take a random test image.", icon=":material/draw:")
        return
    if picture.prepared is None:
        st.error(sentence(picture.complaint), icon=":material/error:")
        return
    st.image(enlarged(picture.prepared.pixels), output_format="PNG", width=224, alt=picture.name)
    st.caption(f"{literal(picture.name)}: 28 x 28 grey pixels, enlarged")
    pin_button(lab, tab, picture.prepared.pixels, picture.name, picture.truth)
    for step in picture.prepared.steps:
        st.markdown(f"**{step.name}.** {step.explanation}")
        st.image(enlarged(step.image), output_format="PNG", width=112, alt=step.name)
        if step.name in OPTIONAL:
            _leave_out(lab, selected, tab, picture, step.name)
    for name in OPTIONAL:
        if name in picture.without and st.button(f"Do it again: {name.lower()}", key=f"again-{name}"):
            tab.picture = picture.leaving_out(picture.without - {name})
            st.rerun()


def _leave_out(lab: Lab, selected: SelectedEpoch, tab: Session, picture: Picture, step: str) -> None:
    """What the answer would be without a step, and a button that leaves it out."""
    other = picture.each_way[step]
    if other is None:
        st.caption("Without this step, nothing stands out from the background.")
        return
    share, name = _likeliest(lab, selected, other)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Leave out", key=f"without-{step}", type="tertiary", icon=":material/block:"):
            tab.picture = other
            st.rerun()
        st.caption(f"Without it: {name} {share:.0%}", width="content")


def _likeliest(lab: Lab, selected: SelectedEpoch, picture: Picture) -> tuple[float, str]:
    return max(zip(shares(lab, selected.run, picture, selected.epoch), CLASS_NAMES, strict=True))


def shares(lab: Lab, run: Run, picture: Picture, epoch: int | None = None) -> list[float]:
    """The probabilities of the ten classes, of a picture that could be prepared."""
    assert picture.prepared is not None
    found: list[float] = lab.scores.probabilities(run, torch.from_numpy(picture.prepared.pixels)[None], epoch)[
        0
    ].tolist()
    return found


def show_answer(lab: Lab, selected: SelectedEpoch, picture: Picture | None) -> None:
    """The likeliest class, how sure the network is, and all ten."""
    st.subheader("The answer")
    if picture is None or picture.prepared is None:
        st.caption("It appears here as soon as there is a picture, with the probabilities of all ten classes.")
        return
    run = selected.run
    found = shares(lab, run, picture, selected.epoch)
    named = list(zip(found, CLASS_NAMES, strict=True))
    share, best = max(named)
    truth = f" It is: **{picture.truth}**." if picture.truth else ""
    st.markdown(f"### {best}")
    st.markdown(f"{share:.1%} sure, says **{literal(run.name)}** {after_training(run, selected.epoch)}.{truth}")
    figure = probability_figure(found, CLASS_NAMES, "All ten classes")
    spoken = ", ".join(f"{name} {each:.1%}" for each, name in named)
    live_chart(figure, "probabilities", spoken, save="probabilities")
