"""Which true class and which answer are looked at: two select boxes that hold from page to page."""

from __future__ import annotations

from typing import cast

import streamlit as st

from playground.app.components.matrix import Place
from playground.data.classes import CLASS_NAMES

ANY = "any class"
_TRUE, _SAID = "chosen_true", "chosen_predicted"


def chosen_place() -> Place:
    """The classes that are chosen at present; None is any."""
    return cast(Place, tuple(_number(st.session_state.get(key, ANY)) for key in (_TRUE, _SAID)))


def choose_place(place: Place) -> None:
    """Choose classes; what is chosen already is let go. For callbacks: the boxes are drawn later."""
    if place == chosen_place():
        place = (None, None)
    for key, number in zip((_TRUE, _SAID), place, strict=True):
        st.session_state[key] = ANY if number is None else CLASS_NAMES[number]


def class_boxes() -> Place:
    """The two select boxes, beside each other."""
    names = (ANY, *CLASS_NAMES)
    left, right = st.columns(2)
    left.selectbox("Truly", names, key=_TRUE, persist_state="session", help="Only images of this class.")
    right.selectbox(
        "Taken for", names, key=_SAID, persist_state="session", help="Only images predicted as this class."
    )
    return chosen_place()


def _number(name: str) -> int | None:
    return CLASS_NAMES.index(name) if name in CLASS_NAMES else None


def in_words(place: Place) -> str:
    """A cell or a class of the matrix: "Shirt taken for Coat"."""
    true, said = place
    if true is None and said is None:
        return "Any image"
    if said is None:
        return f"Truly {CLASS_NAMES[cast(int, true)]}"
    if true is None:
        return f"Taken for {CLASS_NAMES[said]}"
    if true == said:
        return f"{CLASS_NAMES[true]}, right"
    return f"{CLASS_NAMES[true]} taken for {CLASS_NAMES[said]}"
