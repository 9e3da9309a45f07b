"""A panel that draws itself anew while something is going on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.app.components.errors import show_errors

REFRESH_SECONDS = 1.0


def auto_refresh(panel: Callable[[], None], live: bool, every: float = REFRESH_SECONDS) -> None:
    """Show a panel that refreshes itself while something is going on, and costs nothing when not."""

    def guarded() -> None:  # when the timer runs it, nothing around it is there to catch a fault
        with show_errors():
            panel()

    st.fragment(run_every=every if live else None)(guarded)()
