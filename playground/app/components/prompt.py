"""The canvas is prompt: a stroke is sent at its end, and not a fifth of a second later as the canvas would."""

from __future__ import annotations

from typing import Any

import streamlit as st

SEND = "Update the app with this drawing"
"""The title of the canvas's own button that sends at once."""

_JS = """
// A polygon is sent by the canvas when it is closed, and not before: only strokes are sent here.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".prompt").closest(".st-key-canvas");
  place.strokes = data.strokes;
  place.stop?.abort();
  place.stop = new AbortController();
  const options = { signal: place.stop.signal, capture: true };
  const begin = (event) => { place.drawing = event.composedPath()[0] instanceof HTMLCanvasElement; };
  const end = () => {
    if (place.drawing && place.strokes) setTimeout(() => {  // once the canvas has the stroke
      const inside = [...place.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
      inside.map((root) => root.querySelector(`[title="${data.send}"]`)).find(Boolean)?.click();
    });
    place.drawing = false;
  };
  for (const name of ["mousedown", "touchstart"]) place.addEventListener(name, begin, options);
  for (const name of ["mouseup", "touchend"]) document.addEventListener(name, end, options);
  return () => place.stop.abort();
}
"""


def send_at_once(strokes: bool) -> None:
    """Press the canvas's button after every stroke; `strokes` says whether that is what is drawn just now.

    To be called in the container with the key "canvas".
    """
    _component()(key="prompt", data={"strokes": strokes, "send": SEND}, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("prompt", html='<div class="prompt"></div>', js=_JS, isolate_styles=False)
