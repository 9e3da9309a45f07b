"""Show a network a garment of your own."""

import streamlit as st
import torch

from playground.core.fashion import CLASS_NAMES
from playground.ui.cache import lab
from playground.ui.charts import probability_figure
from playground.ui.errors import told
from playground.ui.gallery import enlarged
from playground.ui.inspection import warmed_up
from playground.ui.runs import pick_run
from playground.ui.session import session

st.title("Predict")
here, tab = lab(), session()
run = pick_run(here, tab) if warmed_up(here) else None
if run is not None:
    from playground.ui.pictures import choose_picture

    left, middle, right = st.columns([5, 3, 5], gap="medium")
    with left:
        choose_picture(here, tab)
    picture = tab.picture
    with middle, st.container(key="seen"):
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
    with right, st.container(key="answer"):
        st.subheader("The answer")
        if picture is not None and picture.prepared is not None:
            with told():
                shares = here.probabilities(run, torch.from_numpy(picture.prepared.pixels)[None])[0].tolist()
                best = max(zip(shares, CLASS_NAMES, strict=True))
                st.markdown(f"### {best[1]}")
                truth = f" It is: **{picture.truth}**." if picture.truth else ""
                st.markdown(f"{best[0]:.1%} sure, says **{run.name}**.{truth}")
                st.plotly_chart(probability_figure(shares, CLASS_NAMES, "All ten classes"), key="probabilities")
