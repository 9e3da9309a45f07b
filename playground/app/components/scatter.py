"""Thousands of points to be pointed at: drawn by WebGL, chosen with a lasso, a box or a click.

The node outlives its data, as in `live_chart`: from epoch to epoch only the points move, and a zoom stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from playground.app.components.charts import CHART_CONFIG
from playground.app.components.live_chart import PLOTLY_ADDRESS, PLOTLY_JS
from playground.app.components.received import received, several, whole
from playground.app.components.saving import SAVING_CSS

_JS = (
    PLOTLY_JS
    + """
// Points that are not chosen fade. Numbers of images are what the traces call ids.
function faded(traces, chosen) {
  if (!chosen.length) return traces;
  const wanted = new Set(chosen);
  return traces.map((trace) => ({
    ...trace, selectedpoints: trace.ids.flatMap((id, place) => wanted.has(id) ? [place] : []),
  }));
}

// An arrow, because annotations alone lie above what WebGL draws.
function arrow([number, x, y], colour) {
  return {
    x, y, text: `no. ${number}`, ax: 34, ay: -34, arrowhead: 2, arrowwidth: 1.5, arrowcolor: colour, standoff: 4,
    bordercolor: colour, borderpad: 2,
  };
}

function listen(node) {
  if (node.listens) return;
  node.listens = true;
  const numbers = (points) => points.map((point) => node.data[point.curveNumber].ids[point.pointNumber]);
  const chosen = (points) => { if (!node.drawing) node.tell("chosen", numbers(points)); };
  node.on("plotly_selected", (event) => { if (event) chosen(event.points); });
  node.on("plotly_deselect", () => chosen([]));
  node.on("plotly_click", (event) => node.tell("clicked", numbers(event.points)[0]));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".map-chart");
  node.setAttribute("aria-label", data.alt);
  node.tell = setTriggerValue;
  load(data.library).then((Plotly) => {
    const { data: traces, layout } = JSON.parse(data.figure);
    const narrow = node.clientWidth < 500, touch = matchMedia("(pointer: coarse)").matches;
    const dressed = themed({ ...layout, height: narrow ? 520 : layout.height, selections: [] }, node);
    const look = JSON.stringify([data.figure, data.chosen, data.at, dressed.font.color, narrow]);
    if (node.look === look) return;
    node.look = look;
    dressed.selectionrevision = look;  // what stands out is what we say, not what was last drawn around
    dressed.dragmode = node.layout?.dragmode ?? (touch ? false : "lasso");  // a finger has to get past the chart
    const words = [...(layout.annotations ?? []), ...(data.at ? [arrow(data.at, dressed.font.color)] : [])];
    dressed.annotations = words.map((each) => ({ ...each, bgcolor: dressed.hoverlabel.bgcolor, opacity: 0.85 }));
    keepZoom(node, dressed);
    const config = {
      ...data.config, responsive: true, displayModeBar: true, scrollZoom: false,
      modeBarButtons: [
        ["lasso2d", "select2d", "pan2d", "zoom2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"],
      ],
    };
    node.drawing = true;  // it tells of a selection that ends with the outline, too
    Plotly.react(node, faded(traces, data.chosen), dressed, config).then(() => {
      node.drawing = false;
      watchZoom(node);
      listen(node);
    });
    offerSaving(node.parentElement, data.save, {
      PNG: () => picture(node, "png"), SVG: () => picture(node, "svg"),
    });
  }).catch((fault) => { node.textContent = fault.message; });
}
"""
)

_CSS = SAVING_CSS + ".map-chart { width: 100%; min-height: 520px; }"


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
    return st.components.v2.component("map_chart", html=html, css=_CSS, js=_JS, isolate_styles=False)
