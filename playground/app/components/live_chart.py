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

from playground.app.components.charts import CHART_CONFIG
from playground.app.components.saving import SAVING_CSS, SAVING_JS

_LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS = f"library/plotly-{plotly.__version__}.min.js"
"""Beside the pages, wherever those are: a proxy may have put the app under a path of its own."""


def _library(_: object) -> FileResponse:
    return FileResponse(_LIBRARY, headers={"Cache-Control": "public, max-age=31536000, immutable"})


PLOTLY_ROUTE = Route("/{base:path}" + PLOTLY_ADDRESS, _library)
"""Serves Plotly's JavaScript to the browser; the version in the address makes it safe to keep."""

PLOTLY_JS = (
    SAVING_JS
    + """
function load(address) {
  window.playgroundPlotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.playgroundPlotly;  // the next chart tries again
      reject(new Error(`No chart: Plotly could not be loaded from ${script.src}. Reload the page.`));
    };
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
    modebar: {
      bgcolor: "rgba(0,0,0,0)", color: colour("--st-text-color"), activecolor: colour("--st-primary-color"),
    },
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

// As it stands on the screen, zoom and all, on the theme's background.
function picture(node, format) {
  const ground = getComputedStyle(node).getPropertyValue("--st-background-color");
  const layout = { ...node.layout, paper_bgcolor: ground };
  const size = { width: node.clientWidth, height: node.clientHeight, scale: 2 };
  return window.Plotly.toImage({ data: node.data, layout }, { format, ...size });
}
"""
)
"""What a chart of our own needs in the browser: the library, the theme's colours, a zoom that is kept, saving."""

_JS = (
    PLOTLY_JS
    + """
function numbers(node) {
  const title = (axis, otherwise) => node.layout[axis]?.title?.text || otherwise;
  const rows = node.data.flatMap((trace) => trace.x.map((x, index) => [trace.name, x, trace.y[index]]));
  return [["series", title("xaxis", "x"), title("yaxis", "y")], ...rows];
}

function draw(Plotly, node) {
  const { data: traces, layout } = JSON.parse(node.latest.figure);
  keepZoom(node, layout);
  const dressed = themed(layout, node), look = node.latest.figure + dressed.font.color;
  if (node.look === look) return;
  node.look = look;
  const shapes = layout.shapes ?? [], before = node.unmarked;
  node.unmarked = JSON.stringify([traces, { ...layout, shapes: [] }]) + dressed.font.color;
  if (node.unmarked === before) return Plotly.relayout(node, { shapes });  // a mark moved, all else stands
  Plotly.react(node, traces, dressed, { ...node.latest.config, responsive: true }).then(watchZoom);
}

// The first time at once; later a figure out of sight waits until it is scrolled to, and the others come sooner.
function drawWhenSeen(Plotly, node) {
  if (!node.sight) {
    node.sight = new IntersectionObserver((entries) => {
      node.seen = entries.at(-1).isIntersecting;
      if (node.seen) draw(Plotly, node);
    });
    node.sight.observe(node);
    node.seen = true;
  }
  if (node.seen) draw(Plotly, node);
}

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".live-chart");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", data.alt);
  node.style.height = data.height + "px";
  node.latest = data;
  load(data.library).then((Plotly) => {
    (data.patient ? drawWhenSeen : draw)(Plotly, node);
    if (!data.save) return;  // only now: before it is drawn there is nothing to save
    offerSaving(node.parentElement, data.save, {
      PNG: () => picture(node, "png"), SVG: () => picture(node, "svg"), CSV: () => csv(numbers(node)),
    });
  }).catch((fault) => { node.textContent = fault.message; });
}
"""
)

_CSS = SAVING_CSS + ".live-chart { width: 100%; }"


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
        "live_chart", html='<div class="live-chart"></div>', css=_CSS, js=_JS, isolate_styles=False
    )
