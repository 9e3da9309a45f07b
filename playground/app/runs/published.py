"""The published systems as reported. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st

from playground.app.runs.figures import ReportedSystem
from playground.network.plan import plan
from playground.reproduction.published import systems


@st.cache_data(show_spinner=False)
def reported_systems() -> tuple[ReportedSystem, ...]:
    """Those whose articles give a figure."""
    return tuple(
        ReportedSystem(
            system.name,
            system.article.parameters,
            plan(system.experiment.architecture).multiply_adds,
            system.reported,
        )
        for system in systems()
        if system.reported is not None
    )
