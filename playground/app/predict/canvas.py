"""A black canvas with white ink, like the data set, whatever the theme."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from playground.app.components.one_of import one_of
from playground.app.components.prompt import send_at_once
from playground.app.components.strokes import Strokes, read_strokes
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab

SIDE = 280  # pixels: ten for each of the data set's
NO_TEMPLATE = "none"
_TOOLS = {
    "Pen": ("freedraw", "#FFFFFF", ":material/draw:"),
    "Eraser": ("freedraw", "#000000", ":material/ink_eraser:"),
    "Fill": ("polygon", "#FFFFFF", ":material/pentagon:"),
}


def canvas(lab: Lab, tab: Session) -> NDArray[np.uint8] | None:
    """Show the canvas; return the drawing (RGBA uint8 [280, 280, 4]) when it has just changed, else None.

    The strokes alone: what lies beneath them is not in it, and where there is none it is transparent. The drawing
    survives leaving the page: its strokes are kept in the session and handed back.
    """
    tool = one_of(
        "Tool",
        tuple(_TOOLS),
        default="Pen",
        key="canvas_tool",
        format_func=lambda name: f"{_TOOLS[name][2]} {name}",
        help="Fill: click the corners of a shape, and its first corner again to close it.",
    )
    mode, colour, _ = _TOOLS[tool]
    width = st.slider(
        "Brush", 4, 60, 8, key="canvas_brush", help="Width of a stroke in pixels; the canvas has 280."
    )
    beneath = _beneath(lab, tab)
    st.caption(
        "Outlines are filled for the network, and this is shown as a step. The bin on the canvas clears it."
    )
    said, drawn = st.session_state.get(_key(tab)), read_strokes(st.session_state.get(_key(tab)))
    if said is not None and drawn is None:
        st.toast("The drawing was invalid or too large; the last one was restored.")
        tab.bench_number += 1
    key = _key(tab)
    if key not in st.session_state:  # a new canvas, or the page was left meanwhile
        tab.kept_drawing = tab.drawing
    st_canvas(
        fill_color="#FFFFFF",
        stroke_width=width,
        stroke_color=colour,
        background_image=Image.fromarray(beneath),  # never a colour: another one would empty the canvas
        height=SIDE,
        width=SIDE,
        drawing_mode=mode,
        initial_drawing=tab.kept_drawing,
        return_image_data=True,
        key=key,
    )
    send_at_once(mode == "freedraw")
    return None if drawn is None else _news(tab, drawn)


def _key(tab: Session) -> str:
    return f"drawing-{tab.bench_number}"  # another image beneath: another canvas


def _beneath(lab: Lab, tab: Session) -> NDArray[np.uint8]:
    """What lies under the strokes, uint8 [280, 280]: an image of the data set, a template to trace, or black."""
    if tab.bench is not None:
        return np.kron(tab.bench, np.ones((SIDE // 28, SIDE // 28), np.uint8))
    chosen = st.selectbox(
        "Template",
        (NO_TEMPLATE, *CLASS_NAMES),
        key="canvas_template",
        persist_state="session",
        help="A faint image under the canvas, to trace: the image of the sample that is closest to the mean of "
        "its class. The network sees only your strokes.",
    )
    return np.zeros((SIDE, SIDE), np.uint8) if chosen == NO_TEMPLATE else _template(lab, chosen)


@st.cache_data(show_spinner=False)
def _template(_lab: Lab, name: str) -> NDArray[np.uint8]:
    from playground.pictures.template import template

    sample = _lab.datasets.named("sample").train
    return template(sample.pixels[sample.labels == CLASS_NAMES.index(name)].numpy(), SIDE)


def _news(tab: Session, drawn: Strokes) -> NDArray[np.uint8] | None:
    if drawn.fingerprint == tab.drawing_fingerprint or (drawn.is_empty and tab.drawing is None):
        return None
    pixels = drawn.pixels(SIDE)
    if pixels is not None:
        tab.drawing, tab.drawing_fingerprint = None if drawn.is_empty else drawn.document, drawn.fingerprint
    return pixels
