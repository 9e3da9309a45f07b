"""On a phone the sidebar lies over the page like a drawer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.components.bundle import script
from playground.app.shared.session import Session


def drawer(tab: Session) -> None:
    """Shut the sidebar where it lies over the page, each time that `shut` of the tab has grown."""
    _component()(key="drawer", data={"shut": tab.shut}, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("drawer", html="<span></span>", js=script(__file__))
