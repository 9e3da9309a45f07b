"""What only the browser can do for a tab, on every page."""

from __future__ import annotations

import streamlit as st

from playground.app.components.number_fields import read_numbers
from playground.app.shared.address import keep_history
from playground.app.shared.session import Session
from playground.ui.drawer import drawer
from playground.ui.keeping import keep_draft


def in_the_browser(tab: Session, page: str) -> None:
    """Keep history and draft, read numbers, and shut the sidebar; to be called when the page has been drawn."""
    with st.container(key="in_the_browser", gap=None):
        keep_history(tab, page)
        keep_draft(tab)
        read_numbers()
        drawer(tab)
