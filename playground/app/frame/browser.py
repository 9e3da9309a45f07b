"""What only the browser can do for a tab, on every page."""

from __future__ import annotations

import streamlit as st

from playground.app.components.number_fields import read_numbers
from playground.app.frame.draft_keeper import keep_draft
from playground.app.frame.drawer import drawer
from playground.app.shared.address import keep_history
from playground.app.shared.session import Session


def in_the_browser(tab: Session, page: str) -> None:
    """Keep history and draft, read numbers, and shut the sidebar; to be called when the page has been drawn."""
    with st.container(key="in_the_browser", gap=None):
        keep_history(tab, page)
        keep_draft(tab)
        read_numbers()
        drawer(tab)
