"""Waiting for PyTorch, which is loaded after the first page is there."""

from __future__ import annotations

import streamlit as st

from playground.app.components.refresh import auto_refresh
from playground.lab.lab import Lab


def wait_for_torch(lab: Lab) -> None:
    """Say that PyTorch is being loaded, and draw the page again once it is there."""

    def wait() -> None:
        st.caption(":material/hourglass_empty: PyTorch is being loaded, a few seconds after the start.")
        if lab.is_warm:
            st.rerun()

    auto_refresh(wait, live=True, every=0.3)


def warmed_up(lab: Lab) -> bool:
    """Whether torch is there; if not, say so and draw the page again once it is."""
    if not lab.is_warm:
        wait_for_torch(lab)
    return lab.is_warm
