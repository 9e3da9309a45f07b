"""The images a network got wrong, most confident first."""

import streamlit as st

from playground.core.evaluate import Failure, failures
from playground.core.fashion import CLASS_NAMES
from playground.ui.cache import lab
from playground.ui.gallery import Tile, gallery
from playground.ui.inspection import inspected
from playground.ui.session import session

AT_ONCE = 120
ANY = "any class"


def tile(failure: Failure) -> Tile:
    said, true = CLASS_NAMES[failure.predicted], CLASS_NAMES[failure.label]
    lines = (f"said {said} {failure.predicted_probability:.0%}", f"is {true} {failure.label_probability:.0%}")
    return Tile((*lines, f"no. {failure.index}"), f"Image {failure.index}: {lines[0]}, {lines[1]}")


def class_filter(label: str, key: str) -> int | None:
    name = st.selectbox(label, (ANY, *CLASS_NAMES), key=key)
    return None if name == ANY else CLASS_NAMES.index(name)


st.title("Failures")
seen = inspected(lab(), session())
if seen is not None:
    left, right = st.columns(2)
    with left:
        true = class_filter("Truly", "failures_true")
    with right:
        predicted = class_filter("Taken for", "failures_predicted")
    found = failures(seen.logits, seen.images.labels, true, predicted)
    st.markdown(f"**{len(found):,}** wrong of {seen.description}; the most confident first.")
    if not found:
        st.info("None of the images is of this kind: choose other classes.", icon=":material/check:")
    pages = -(-len(found) // AT_ONCE)
    page = st.pagination(pages, key="failures_page") if pages > 1 else 1
    shown = found[(page - 1) * AT_ONCE : page * AT_ONCE]
    with st.container(key="failures_grid"):
        pixels = seen.images.pixels[[failure.index for failure in shown]].numpy()
        gallery(pixels, [tile(failure) for failure in shown], "Images the network got wrong", "failures")
