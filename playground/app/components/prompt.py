"""The canvas is prompt: a stroke is sent at its end, and not a fifth of a second later as the canvas would."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.components.bundle import script

SEND = "Update the app with this drawing"
"""The title of the canvas's own button that sends at once."""


def send_at_once(strokes: bool) -> None:
    """Press the canvas's button after every stroke; `strokes` says whether that is what is drawn just now.

    To be called in the container with the key "canvas".
    """
    _component()(key="prompt", data={"strokes": strokes, "send": SEND}, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "prompt", html='<div class="prompt"></div>', js=script(__file__), isolate_styles=False
    )
