"""What the whole process shares: its lab."""

from __future__ import annotations

import streamlit as st

from playground.services.lab import Lab
from playground.services.settings import load_settings


@st.cache_resource(show_spinner=False)
def lab() -> Lab:
    """The lab of this process."""
    return Lab(load_settings())
