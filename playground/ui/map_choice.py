"""Choosing images of a map without a mouse: by class, by number, by neighbourhood; and letting go of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from playground.core.classes import CLASS_NAMES
from playground.core.embedding import nearest
from playground.ui.map_figure import Spots
from playground.ui.session import Session

ANY, ANOTHER = "any class", "another class"
AROUND = 48
"""Images around one, itself among them."""


def choose(tab: Session, numbers: tuple[int, ...]) -> None:
    """Let these images stand out; none at all lets go of them."""
    tab.chosen = tuple(sorted(set(numbers)))


def point_at(tab: Session, number: int | None) -> None:
    """Show this one image."""
    tab.point = number


def within(tab: Session, count: int) -> None:
    """Let go of images that are not among the first so many."""
    tab.chosen = tuple(number for number in tab.chosen if number < count)
    if tab.point is not None and tab.point >= count:
        tab.point = None


def of_kind(spots: Spots, true: str, said: str) -> tuple[int, ...]:
    """Numbers of the images of a class, or ANY, that are taken for a class, ANY, or ANOTHER than their own."""
    wanted = np.ones(len(spots.labels), bool)
    if true != ANY:
        wanted &= spots.labels == CLASS_NAMES.index(true)
    if said == ANOTHER:
        wanted &= spots.is_wrong
    elif said != ANY:
        wanted &= spots.answers == CLASS_NAMES.index(said)
    return tuple(np.flatnonzero(wanted).tolist())


def choice(tab: Session, spots: Spots) -> None:
    """Widgets that choose what the lasso chooses, and what a click does."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_choice"):
        true = st.selectbox("Truly", (ANY, *CLASS_NAMES), key="map_true", width=150)
        said = st.selectbox("Taken for", (ANY, ANOTHER, *CLASS_NAMES), key="map_said", width=150)
        st.button(
            "Choose these", icon=":material/done_all:", key="map_choose", on_click=_choose_kind, args=(tab, spots),
            help=f"Images that are {true} and were taken for {said}.",
        )  # fmt: skip
        _one(tab, spots)


def _one(tab: Session, spots: Spots) -> None:
    st.session_state["map_number"] = tab.point  # a click may have changed it
    st.number_input(
        "Image", 0, len(spots.labels) - 1, value=None, step=1, key="map_number", width=130, placeholder="number",
        on_change=lambda: point_at(tab, st.session_state["map_number"]),
        help="The number of an image, as it stands under every picture of it.",
    )  # fmt: skip
    st.button(
        f"Its {AROUND - 1} neighbours", icon=":material/blur_circular:", key="map_around",
        disabled=tab.point is None, on_click=_choose_around, args=(tab, spots),
        help="The image and those nearest to it on this map.",
    )  # fmt: skip


def _choose_kind(tab: Session, spots: Spots) -> None:
    choose(tab, of_kind(spots, st.session_state["map_true"], st.session_state["map_said"]))


def _choose_around(tab: Session, spots: Spots) -> None:
    if tab.point is not None:
        choose(tab, nearest(spots.points, tab.point, AROUND))


def clear(tab: Session) -> None:
    """A button that lets go of all images."""

    def let_go() -> None:
        choose(tab, ())
        point_at(tab, None)

    st.button(
        "Clear", icon=":material/deselect:", key="map_clear", on_click=let_go,
        disabled=not tab.chosen and tab.point is None, help="Nothing stands out any more.",
    )  # fmt: skip
