"""One image of a run's, opened: its probabilities, its nearest training images, and the way to the canvas."""

from __future__ import annotations

import streamlit as st

from playground.analysis.scores import ScoredImages
from playground.app.components.errors import show_errors
from playground.app.components.gallery import enlarged
from playground.app.components.live_chart import live_chart
from playground.app.components.markdown import literal
from playground.app.shared.attributions import attributions_row
from playground.app.shared.canvas_background import lay_beneath, on_bench
from playground.app.shared.epoch_figures import chances_figure
from playground.app.shared.job_panel import awaited
from playground.app.shared.navigation import PREDICT
from playground.app.shared.nearest import nearest_images
from playground.app.shared.picture import NamedImage
from playground.app.shared.pinboard import pin_button
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab


def opened(tab: Session, seen: ScoredImages) -> int | None:
    """The number of the opened image, if it is one of these images."""
    if tab.opened is None or tab.opened[0] != _which(seen):
        return None
    return tab.opened[1]


def open_image(tab: Session, seen: ScoredImages, number: int) -> None:
    """Open an image; it stays open while epoch and run change, as long as these are the images."""
    tab.opened = (_which(seen), number)


def _which(seen: ScoredImages) -> str:
    run = seen.run
    return f"{run.data.fingerprint} {run.experiment.data.validation} {seen.part} {seen.is_substitute}"


def _shown(seen: ScoredImages, number: int) -> NamedImage:
    truth = CLASS_NAMES[int(seen.images.labels[number])]
    return NamedImage(seen.images.pixels[number], f"{seen.part.capitalize()} image no. {number}", truth)


def image_view(lab: Lab, tab: Session, seen: ScoredImages) -> None:
    """The opened image; nothing if there is none."""
    number = opened(tab, seen)
    if number is None:
        return
    with st.container(border=True, key="opened_image"):
        left, right = st.columns([2, 5], gap="medium")
        with left:
            _words(lab, tab, seen, number)
        with right, show_errors():
            _chances(lab, seen, number)
        _pixels(lab, seen, number)
        with show_errors():
            if awaited(lab.scores.prepare_neighbours(seen.run)) is not None:
                nearest_images(lab.scores.neighbours(seen.run, seen.images.pixels[number]), "image_nearest")


def _words(lab: Lab, tab: Session, seen: ScoredImages, number: int) -> None:
    shares = seen.logits[number].double().softmax(0)
    shown, said = _shown(seen, number), CLASS_NAMES[int(shares.argmax())]
    truth = shown.truth
    st.markdown(f"**{literal(shown.name)}**")
    st.image(
        enlarged(shown.pixels.numpy(), 168), output_format="PNG", width=168, alt=f"Image {number}, {truth}"
    )  # fmt: skip
    of_truth = float(shares[seen.images.labels[number]])
    right = "right" if truth == said else f"its own class {of_truth:.1%}"
    st.markdown(
        f"It is: **{truth}**. Epoch {seen.epoch} says **{said}**, {float(shares.max()):.1%} sure; {right}."
    )
    with st.container(horizontal=True):
        pin_button(lab, tab, shown.pixels.numpy().copy(), shown.name, truth)
        if st.button("Try it on the canvas", icon=":material/draw:", help="Paint over it, and see what helps."):
            _to_the_bench(tab, shown)
        if st.button("Close", icon=":material/close:", key="close_image"):
            tab.opened = None
            st.rerun()


def _chances(lab: Lab, seen: ScoredImages, number: int) -> None:
    if seen.part == "test":
        st.caption("Test images are evaluated once: only validation images are followed over the epochs.")
        return
    epochs, chances = lab.scores.followed(seen.run, number)
    if len(epochs) == 1:
        st.caption("Only one epoch of this run is kept, so there are no curves over the epochs.")
        return
    figure = chances_figure(epochs, chances.double().numpy(), int(seen.images.labels[number]), seen.epoch)
    spoken = ", ".join(
        f"epoch {epoch}: {CLASS_NAMES[row]}" for epoch, row in zip(epochs, chances.argmax(1).tolist(), strict=True)
    )
    live_chart(figure, "chances", spoken, save=f"image-{number}")


def _pixels(lab: Lab, seen: ScoredImages, number: int) -> None:
    """Attributions of the prediction, where that is asked for: it takes a moment for each epoch and image."""
    if not st.toggle(
        "Attributions of the prediction", key="image_attributions", persist_state="session",
        help="By four methods. The page Inside shows them for any class.",
    ):  # fmt: skip
        return
    with show_errors():
        attributions_row(lab, seen.run, seen.epoch, _shown(seen, number), int(seen.logits[number].argmax()))


def _to_the_bench(tab: Session, shown: NamedImage) -> None:
    """Lay the image under the canvas of the Predict page, and go there."""
    image = shown.pixels.numpy().copy()
    lay_beneath(tab, image)
    tab.bench_name = f"{shown.name} ({shown.truth})"
    tab.own = tab.picture = on_bench(tab, image)
    st.switch_page(PREDICT.script)
