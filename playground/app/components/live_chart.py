"""A Plotly chart that lives on: new data go into the same node, so zoom, hover and legend choices stay.

`st.plotly_chart` builds its node anew whenever the data change. Here `Plotly.react` gets the figure, with
`uirevision` saying what may be kept. Plotly itself comes from the installed Python package, through a route of the
app (`PLOTLY_ROUTE`): nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotly
import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import Route

from playground.app.components.bundle import script, style
from playground.app.components.charts import CHART_CONFIG

_LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS = f"library/plotly-{plotly.__version__}.min.js"
"""Beside the pages, wherever those are: a proxy may have put the app under a path of its own."""


def _library(_: object) -> FileResponse:
    return FileResponse(_LIBRARY, headers={"Cache-Control": "public, max-age=31536000, immutable"})


PLOTLY_ROUTE = Route("/{base:path}" + PLOTLY_ADDRESS, _library)
"""Serves Plotly's JavaScript to the browser; the version in the address makes it safe to keep."""


def live_chart(figure: Mapping[str, Any], key: str, alt: str, save: str = "", patient: bool = False) -> None:
    """Show a figure whose node outlives its data.

    Args:
        figure: `data` and `layout` as Plotly's JavaScript reads them, with `height`, and `uirevision` for what a
            person's zoom belongs to.
        key: Of the component.
        alt: What the chart shows, in words, for those who do not see it.
        save: The name of the files that the figure can be saved as, PNG, SVG and CSV; empty for none.
        patient: New data wait until the figure is in sight.
    """
    data = {"figure": json.dumps(figure, allow_nan=False), "height": figure["layout"]["height"], "alt": alt}
    more = {"library": PLOTLY_ADDRESS, "config": CHART_CONFIG, "save": save, "patient": patient}
    _component()(key=key, data={**data, **more}, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "live_chart",
        html='<div class="live-chart"></div>',
        css=style(__file__),
        js=script(__file__),
        isolate_styles=False,
    )
