"""How the button that a page is there for stands out."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def main_button() -> Literal["primary", "secondary"]:
    """The type of that button: filled with the accent, but not in the dark theme.

    Streamlit writes in white on the accent, and with the accent on the background. No accent lets both be read on
    a dark background (4.5 to 1), so there the button has an outline.
    """
    return "secondary" if st.context.theme.type == "dark" else "primary"
