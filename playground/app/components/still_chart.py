"""A Plotly chart that is built anew when its data change, as Streamlit shows it, in the theme's look.

For charts that change seldom; `live_chart` is for the others. Both know the same tools (`CHART_CONFIG`).
"""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from playground.app.components.charts import CHART_CONFIG


def still_chart(
    figure: go.Figure, key: str, alt: str, tools: bool = True, clicked: Callable[[], None] | None = None
) -> None:
    """Show a figure.

    Args:
        figure: With the room for its tools that `layout_of` leaves.
        key: Of the element; a click is found in the state under it.
        alt: What the chart shows, in words, for those who do not see it.
        tools: Whether it can be zoomed, moved and saved.
        clicked: Called when a point was clicked, before the page is drawn.
    """
    config = CHART_CONFIG if tools else {**CHART_CONFIG, "displayModeBar": False}
    st.plotly_chart(
        figure, key=key, alt=alt, config=config, on_select=clicked or "ignore", selection_mode="points"
    )
