"""The images a network got wrong. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st

from playground.core.classes import CLASS_NAMES
from playground.core.evaluate import Failure, failures
from playground.services.lab import Lab
from playground.services.looking import Judged
from playground.ui.canvas import lay_beneath
from playground.ui.gallery import Tile, gallery
from playground.ui.inspection import described
from playground.ui.pictures import on_bench
from playground.ui.pinboard import pin_button
from playground.ui.session import Session

AT_ONCE = 120
ANY = "any class"


def tile(failure: Failure) -> Tile:
    """What stands under an image: both names, both probabilities, its number."""
    said, true = CLASS_NAMES[failure.predicted], CLASS_NAMES[failure.label]
    lines = (f"said {said} {failure.predicted_probability:.0%}", f"is {true} {failure.label_probability:.0%}")
    return Tile((*lines, f"no. {failure.index}"), f"Image {failure.index}: {lines[0]}, {lines[1]}")


def class_filter(label: str, key: str, help_text: str) -> int | None:
    """A select box of the ten classes; None is any of them."""
    name = st.selectbox(label, (ANY, *CLASS_NAMES), key=key, help=help_text)
    return None if name == ANY else CLASS_NAMES.index(name)


def failures_view(lab: Lab, seen: Judged, tab: Session) -> None:
    """Choose classes, and see the images taken for another class, most confident first."""
    left, right = st.columns(2)
    with left:
        true = class_filter("Truly", "failures_true", "Only images that are of this class.")
    with right:
        predicted = class_filter(
            "Taken for", "failures_predicted", "Only images that the network took for this class."
        )
    found = failures(seen.logits, seen.images.labels, true, predicted)
    st.markdown(f"**{len(found):,}** wrong of {described(seen)}; the most confident first.")
    if not found:
        st.info("None of the images is of this kind: choose other classes.", icon=":material/check:")
    pages = -(-len(found) // AT_ONCE)
    page = st.pagination(pages, key="failures_page") if pages > 1 else 1
    shown = found[(page - 1) * AT_ONCE : page * AT_ONCE]
    _one_of_them(lab, seen, tab, shown)  # above them: there may be a hundred
    with st.container(key="failures_grid"):
        pixels = seen.images.pixels[[failure.index for failure in shown]].numpy()
        gallery(pixels, [tile(failure) for failure in shown], "Images the network got wrong", "failures")


def _one_of_them(lab: Lab, seen: Judged, tab: Session, shown: tuple[Failure, ...]) -> None:
    """Choose one of the images; lay it under the canvas of the Predict page, or pin it."""
    if not shown:
        return
    by_number = {failure.index: failure for failure in shown}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "Image", list(by_number), key="bench_choice", width=260,
            format_func=lambda n: f"no. {n}, {CLASS_NAMES[by_number[n].label]} taken for "
            f"{CLASS_NAMES[by_number[n].predicted]}",
        )  # fmt: skip
        truth, image = CLASS_NAMES[by_number[number].label], seen.images.pixels[number].numpy().copy()
        pin_button(lab, tab, image, f"{seen.part.capitalize()} image no. {number}", truth)
        if st.button("Try it on the canvas", icon=":material/draw:", help="Paint over it, and see what helps."):
            lay_beneath(tab, image)
            tab.bench_name = f"{seen.part.capitalize()} image no. {number} ({truth})"
            tab.own = tab.picture = on_bench(tab, image)
            st.switch_page("pages/predict/predict.py")
