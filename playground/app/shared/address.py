"""What stands in the address, and what the Back button leads to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.components.bundle import script
from playground.app.shared.session import Session


def write(name: str, value: str | None) -> None:
    """Let a name in the address say this; None takes it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def keep_history(tab: Session, page: str) -> None:
    """Make one entry of the browser's history for each of the tab's `steps`; called when the page is drawn."""
    data = {"steps": tab.steps, "page": page, "address": st.query_params.to_dict()}
    _component()(key="history", data=data, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("history", html="<span></span>", js=script(__file__))
