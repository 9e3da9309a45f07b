"""Waiting for the first listing of the runs, which every page needs."""

from __future__ import annotations

import streamlit as st

from playground.lab.lab import Lab
from playground.runs.first_listing import PATIENCE

_EVERY = 0.3  # seconds


def wait_for_the_runs(lab: Lab) -> None:
    """Let the runs of the home be listed once, with a bar where that takes more than a second."""
    listing = lab.library.first_listing()
    if listing is None or listing.wait(PATIENCE):
        return
    bar = st.empty()
    while not listing.wait(_EVERY):
        bar.progress(listing.reading.fraction, text=listing.reading.words)
    bar.empty()
