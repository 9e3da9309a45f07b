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

_LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_ADDRESS = f"/library/plotly-{plotly.__version__}.min.js"


def _library(_: object) -> FileResponse:
    return FileResponse(_LIBRARY, headers={"Cache-Control": "public, max-age=31536000, immutable"})


PLOTLY_ROUTE = Route(_ADDRESS, _library)
"""Serves Plotly's JavaScript to the browser; the version in the address makes it safe to keep."""

_JS = """
function load(address) {
  window.playgroundPlotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("Plotly could not be loaded from " + address));
    document.head.append(script);
  });
  return window.playgroundPlotly;
}

// The theme's colours at this moment: light and dark change without a reload.
function themed(layout, node) {
  const style = getComputedStyle(node);
  const colour = (name) => style.getPropertyValue(name).trim();
  const grey = colour("--st-border-color");
  const axis = (own) => ({
    gridcolor: grey, linecolor: grey, zeroline: false, ...own, title: { ...own?.title, font: { size: 12 } },
  });
  return {
    ...layout,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: colour("--st-text-color"), family: colour("--st-font"), size: 12 },
    hoverlabel: { bgcolor: colour("--st-background-color"), font: { color: colour("--st-text-color") } },
    xaxis: { ...axis(layout.xaxis), showgrid: false },
    yaxis: axis(layout.yaxis),
  };
}

// Plotly drops a zoom when the range it was told changes meanwhile; so the ranges a person chose are kept here.
function keepZoom(node, layout) {
  if (node.revision !== layout.uirevision) [node.revision, node.zoomed] = [layout.uirevision, new Set()];
  for (const axis of node.zoomed) layout[axis] = { ...layout[axis], range: node.layout[axis].range };
}

function watchZoom(node) {
  if (node.watched) return;
  node.watched = true;
  node.on("plotly_relayout", (change) => {
    for (const axis of ["xaxis", "yaxis"]) {
      if (change[`${axis}.autorange`]) node.zoomed.delete(axis);
      else if (`${axis}.range[0]` in change || `${axis}.range` in change) node.zoomed.add(axis);
    }
  });
  node.on("plotly_doubleclick", () => node.zoomed.clear());
}

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".live-chart");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", data.alt);
  node.latest = JSON.parse(data.figure);
  node.style.height = node.latest.layout.height + "px";
  load(data.library).then((Plotly) => {
    const { data: traces, layout } = node.latest;
    const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
    keepZoom(node, layout);
    Plotly.react(node, traces, themed(layout, node), config).then(watchZoom);
  }).catch((fault) => { node.textContent = fault.message; });
}
"""

_CSS = ".live-chart { width: 100%; }"


def live_chart(figure: Mapping[str, Any], key: str, alt: str) -> None:
    """Show a figure whose node outlives its data.

    Args:
        figure: `data` and `layout` as Plotly's JavaScript reads them, with `height`, and `uirevision` for what a
            person's zoom belongs to.
        key: Of the component.
        alt: What the chart shows, in words, for those who do not see it.
    """
    data = {"figure": json.dumps(figure, allow_nan=False), "library": _ADDRESS, "alt": alt}
    _component()(key=key, data=data, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "live_chart", html='<div class="live-chart"></div>', css=_CSS, js=_JS, isolate_styles=False
    )
