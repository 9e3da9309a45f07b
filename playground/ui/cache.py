"""What the whole process shares: one lab, and figures that are costly to make twice."""

from __future__ import annotations

import streamlit as st

from playground.services.lab import Lab
from playground.services.settings import load_settings


@st.cache_resource(show_spinner=False)
def lab() -> Lab:
    """The lab of this process; its first call starts the warm-up in the background."""
    made = Lab(load_settings())
    made.warm_up()
    return made
