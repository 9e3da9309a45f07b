"""Pinned pictures as tiles, each with the stream of its probabilities over the epochs: one component for all.

A component of our own, like the gallery, and for its reasons; and because two dozen charts would weigh on a live
page. Tiles live on: an epoch more redraws the bands, and keeps what a person points at. What has not changed since
the last refresh Streamlit sends as a reference of a few bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.app.components.bundle import script, style
from playground.app.components.received import received, word

_LONGEST_PIN = 64  # characters


def streams(board: str, key: str, look: Callable[[str], None], unpin: Callable[[str], None]) -> None:
    """Show pinned pictures with their streams.

    Args:
        board: A JSON object: `names` of the classes; `sheet`, an address of all pictures in one, in `rows` and
            `columns`; `span`, how many epochs the axis has; `label` for a screen reader; and `tiles`, each with
            `pin`, `name`, `truth` (a class or null), `epochs` (ascending) and `shares` (for each of the epochs ten
            thousandths).
        key: Of the component.
        look, unpin: Called with a pin whose picture, or cross, was pressed.
    """

    def pressed(event: str, then: Callable[[str], None]) -> Callable[[], None]:
        return received(key, event, lambda said: word(said, _LONGEST_PIN), then)

    _component()(
        key=key, data={"board": board}, height="content",
        on_look_change=pressed("look", look), on_unpin_change=pressed("unpin", unpin),
    )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "streams", html='<ul class="board"></ul>', css=style(__file__), js=script(__file__)
    )
