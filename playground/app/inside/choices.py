"""What the sections of the Inside page share: the image that is looked at, the layer, and a filter of it."""

from __future__ import annotations

import secrets
from typing import cast

import streamlit as st
import torch

from playground.analysis.inside import Group, ImageSample
from playground.app.components.gallery import enlarged
from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.shared.navigation import PREDICT
from playground.app.shared.picture import NamedImage
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.network.plan import LayerRow
from playground.training.record import Run

PICTURE = "your picture"


def pick_image(lab: Lab, tab: Session, selected: SelectedEpoch) -> NamedImage | None:
    """Choose an image of the data by its number, or the picture of the Predict page, and see the answer to it."""
    left, right = st.columns(2, vertical_alignment="center")
    with left:
        choices = (*lab.inside.groups(selected.run), PICTURE)
        source = one_of(
            "Image", choices, default=choices[0], key="inside_image", persist_state="session",
            help="An image of the data set by its number, or what you drew or uploaded on the Predict page.",
        )  # fmt: skip
        shown = _own_picture(tab) if source == PICTURE else _numbered(lab, selected.run, cast(Group, source))
    if shown is not None:
        with right, st.container(horizontal=True, vertical_alignment="center"):
            st.image(enlarged(shown.pixels.numpy(), 112), output_format="PNG", width=112, alt=shown.name)
            st.markdown(_answer(lab, selected, shown), width="content")
    return shown


def _answer(lab: Lab, selected: SelectedEpoch, shown: NamedImage) -> str:
    chances = lab.scores.probabilities(selected.run, shown.pixels[None], selected.epoch)[0]
    share, best = chances.max(0)
    truth = f"It is: **{shown.truth}**. " if shown.truth else ""
    return f"{literal(shown.name)}  \n{truth}  \nThe network predicts **{CLASS_NAMES[int(best)]}**, {share:.1%}"


def _own_picture(tab: Session) -> NamedImage | None:
    picture = tab.picture
    if picture is None or picture.prepared is None:
        st.info("There is no picture yet. Draw a garment or upload a picture.", icon=":material/draw:")
        st.page_link(PREDICT.script, label="To Predict", icon=PREDICT.icon)
        return None
    return NamedImage(torch.from_numpy(picture.prepared.pixels), picture.name, picture.truth)


def _numbered(lab: Lab, run: Run, group: Group) -> NamedImage:
    images = lab.inside.images(run, group).images
    last = len(images) - 1
    key = f"inside_number_{group}"
    kept = min(int(st.session_state.get(key) or 0), last)  # another run may have fewer
    st.session_state[key] = kept

    def draw() -> None:
        st.session_state[key] = secrets.randbelow(last + 1)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            f"Number, 0 to {last:,}", 0, last, key=key, persist_state="session", width=170,
            help="The same number as on Failures and in exports: the position in the canonical order.",
        )  # fmt: skip
        st.button("Any", icon=":material/shuffle:", on_click=draw, help="One at random.")
    at = int(number or 0)
    truth = CLASS_NAMES[int(images.labels[at])]
    return NamedImage(images.pixels[at], f"{group.capitalize()} image no. {at}", truth)


def place_label(place: LayerRow) -> str:
    """A place as it stands in the layer table."""
    return f"{place.stage}: {place.operation}"


def pick_place(places: tuple[LayerRow, ...], key: str, help_text: str) -> LayerRow:
    """Choose a row of the layer table; the first that learns something to begin with."""
    labels = [place_label(place) for place in places]
    if st.session_state.get(key) not in labels:  # of another run
        learns = (label for label, place in zip(labels, places, strict=True) if place.multiply_adds)
        st.session_state[key] = next(learns, labels[0])
    chosen = st.selectbox("Layer", labels, key=key, help=help_text, persist_state="session")
    return places[labels.index(chosen)]


def pick_number(label: str, count: int, key: str, help_text: str) -> int:
    """A number from 0 to count - 1; one kept from another layer is cut down to it."""
    st.session_state[key] = min(int(st.session_state.get(key) or 0), count - 1)
    return int(st.number_input(label, 0, count - 1, key=key, help=help_text) or 0)


def unit_word(place: LayerRow) -> str:
    """What a channel of a place is called."""
    return "filter" if len(place.output_shape) == 3 else "unit"


def among(sampled: ImageSample, count: int | None = None) -> str:
    """How many images these are, and which, in words."""
    total = len(sampled.images)
    images = f"{total:,} {sampled.group} images" if count in (None, total) else (
        f"the first {count:,} of {total:,} {sampled.group} images"
    )  # fmt: skip
    return images + (" of the bundled sample" if sampled.is_substitute else "")
