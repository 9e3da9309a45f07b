"""Thousands of points to be pointed at: drawn by WebGL, chosen with a lasso, a box or a click.

The node outlives its data, as in `live_chart`: from epoch to epoch only the points move, and a zoom stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from playground.app.components.bundle import script, style
from playground.app.components.charts import CHART_CONFIG
from playground.app.components.live_chart import PLOTLY_ADDRESS
from playground.app.components.received import received, several, whole


def map_chart(
    figure: Mapping[str, Any],
    key: str,
    alt: str,
    chosen: Sequence[int],
    at: tuple[int, float, float] | None,
    save: str,
    choose: Callable[[tuple[int, ...]], None],
    click: Callable[[int], None],
) -> None:
    """Show points.

    Args:
        figure: `data` and `layout` as Plotly's JavaScript reads them; `ids` of the traces are the numbers of the
            images, from 0 on, and `uirevision` of the layout says what a person's zoom belongs to.
        key: Of the component.
        alt: What the chart shows, for those who do not see it.
        chosen: Numbers of the images that stand out; empty for all.
        at: Number and place of the image that an arrow points at.
        save: The name of the files it can be saved as.
        choose, click: Are told what was chosen (nothing: by a double click) or clicked, before the page is drawn.
    """

    count = sum(len(trace["ids"]) for trace in figure["data"])
    data = {
        "figure": json.dumps(figure, allow_nan=False),
        "library": PLOTLY_ADDRESS,
        "config": CHART_CONFIG,
        "alt": alt,
        "chosen": list(chosen),
        "at": at,
        "save": save,
    }
    _component()(
        key=key, data=data, height="content",
        on_chosen_change=received(key, "chosen", lambda said: several(said, count), choose),
        on_clicked_change=received(key, "clicked", lambda said: whole(said, count), click),
    )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    html = '<div><div class="map-chart" role="group"></div></div>'
    return st.components.v2.component(
        "map_chart", html=html, css=style(__file__), js=script(__file__), isolate_styles=False
    )
