"""Choosing images of a map without a mouse: by class, by number, by neighbourhood; and letting go of them."""

from __future__ import annotations

import streamlit as st

from playground.analysis.scores import ScoredImages
from playground.app.components.heard import heard
from playground.app.map.figure import ANOTHER, ANY, MapPoints, of_kind
from playground.app.map.state import map_state
from playground.app.shared.image_view import open_image, opened
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.interpret.embedding import nearest

AROUND = 48
"""Images around one, itself among them."""


def choose(tab: Session, numbers: tuple[int, ...]) -> None:
    """Let these images stand out; none at all lets go of them."""
    map_state(tab).chosen = tuple(sorted(set(numbers)))


def choice(tab: Session, seen: ScoredImages, map_points: MapPoints) -> None:
    """Widgets that choose what the lasso chooses, and what a click does."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_choice"):
        true = st.selectbox("Truly", (ANY, *CLASS_NAMES), key="map_true", width=150)
        said = st.selectbox("Taken for", (ANY, ANOTHER, *CLASS_NAMES), key="map_said", width=150)
        st.button(
            "Choose these", icon=":material/done_all:", key="map_choose",
            on_click=_choose_kind, args=(tab, map_points),
            help=f"Images that are {true} and were taken for {said}.",
        )  # fmt: skip
        _one(tab, seen, map_points)


def _one(tab: Session, seen: ScoredImages, map_points: MapPoints) -> None:
    def named(number: int | None) -> None:
        if number is None:
            tab.opened = None
        elif 0 <= number < len(seen.images):
            open_image(tab, seen, number)

    number = st.session_state["map_number"] = opened(tab, seen)  # a click may have changed it
    st.number_input(
        "Image", 0, len(seen.images) - 1, value=None, step=1, key="map_number", width=130, placeholder="number",
        on_change=heard("map_number", number, named),
        help="Opens an image by the number shown below it.",
    )  # fmt: skip
    st.button(
        f"Its {AROUND - 1} neighbours", icon=":material/blur_circular:", key="map_around",
        disabled=number is None or number >= len(map_points.labels),
        on_click=lambda: choose(tab, nearest(map_points.points, number or 0, AROUND)),
        help="The image and those nearest to it on this map.",
    )  # fmt: skip


def _choose_kind(tab: Session, map_points: MapPoints) -> None:
    choose(tab, of_kind(map_points, st.session_state["map_true"], st.session_state["map_said"]))


def clear(tab: Session, seen: ScoredImages) -> None:
    """A button that lets go of all images."""

    def let_go() -> None:
        choose(tab, ())
        tab.opened = None

    nothing = not map_state(tab).chosen and opened(tab, seen) is None
    st.button(
        "Clear", icon=":material/deselect:", key="map_clear", on_click=let_go, disabled=nothing,
        help="Removes the selection.",
    )  # fmt: skip
