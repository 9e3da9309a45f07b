"""What a network sees of a picture, and what it says. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st
import torch

from playground.core.classes import CLASS_NAMES
from playground.core.run import Run
from playground.services.lab import Lab
from playground.ui.charts import probability_figure
from playground.ui.gallery import enlarged
from playground.ui.pictures import Picture
from playground.ui.words import after_training


def show_seen(picture: Picture | None) -> None:
    """The picture as the network sees it, and every step of the way."""
    st.subheader("What the network sees")
    if picture is None:
        st.info("Draw a garment, upload a picture, or take a random test image.", icon=":material/draw:")
    elif picture.prepared is None:
        st.error(picture.complaint, icon=":material/error:")
    else:
        st.image(enlarged(picture.prepared.pixels), output_format="PNG", width=224, alt=picture.name)
        st.caption(f"{picture.name}: 28 x 28 grey pixels, enlarged")
        for step in picture.prepared.steps:
            st.markdown(f"**{step.name}.** {step.explanation}")
            st.image(enlarged(step.image), output_format="PNG", width=112, alt=step.name)


def show_answer(lab: Lab, run: Run, picture: Picture | None) -> None:
    """The likeliest class, how sure the network is, and all ten."""
    st.subheader("The answer")
    if picture is None or picture.prepared is None:
        return
    pixels = torch.from_numpy(picture.prepared.pixels)[None]
    shares = lab.probabilities(run, pixels)[0].tolist()
    named = list(zip(shares, CLASS_NAMES, strict=True))
    share, best = max(named)
    truth = f" It is: **{picture.truth}**." if picture.truth else ""
    st.markdown(f"### {best}")
    st.markdown(f"{share:.1%} sure, says **{run.name}** {after_training(run)}.{truth}")
    figure = probability_figure(shares, CLASS_NAMES, "All ten classes")
    spoken = ", ".join(f"{name} {each:.1%}" for each, name in named)
    st.plotly_chart(figure, key="probabilities", alt=spoken)
