"""Waiting for the first listing of the runs, which every page needs."""

from __future__ import annotations

import streamlit as st

from playground.app.shared.job_panel import progress_bar
from playground.lab.lab import Lab

_PATIENCE, _EVERY = 1.0, 0.3  # seconds


def wait_for_the_runs(lab: Lab) -> None:
    """Let the runs of the home be listed once, with a bar where that takes more than a second.

    It waits here and draws nothing else: a page without its widgets would forget what they were set to.
    """
    listing = lab.library.first_listing()
    if listing is None or listing.wait(_PATIENCE):
        return
    bar = st.empty()
    while not listing.wait(_EVERY):
        with bar:
            progress_bar(listing.progress)
    bar.empty()
