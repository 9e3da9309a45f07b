"""Numbers as people type them, a comma too; what is no number is refused in a sentence."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.components.bundle import script


def read_numbers() -> None:
    """Make every number field of the app take what a person types, or say why not."""
    _component()(key="numbers", height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("numbers", html="<span></span>", js=script(__file__))
