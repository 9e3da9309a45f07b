"""Many small images at once: one picture for all of them, laid out by the browser to the width there is.

A component of our own, because `st.image` would send hundreds of files, and a chart would not wrap on a phone.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from playground.app.components.received import received, whole
from playground.app.components.saving import SAVING_CSS, SAVING_JS

_COLUMNS = 20  # of the sheet that is sent; the browser arranges the tiles anew


@dataclass(frozen=True)
class Tile:
    """What stands under an image: `text` in up to a few lines, and `alt` for those who do not see it."""

    text: tuple[str, ...]
    alt: str


_CSS = (
    SAVING_CSS
    + """
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--tile), 1fr)); gap: 10px;
         margin: 0; padding: 0; list-style: none; }
.tile { font-size: 0.78rem; line-height: 1.3; color: var(--st-text-color); overflow-wrap: anywhere;
        font-family: var(--st-font); font-variant-numeric: tabular-nums; }
.picture { width: 100%; aspect-ratio: var(--aspect); background: #000 var(--sheet) no-repeat;
           image-rendering: pixelated; margin-bottom: 3px; }
.caption ~ .caption { opacity: 0.75; }
button.picture { border: 0; padding: 0; cursor: pointer; display: block; }
button.picture:hover, button.picture:focus-visible { outline: 3px solid var(--st-primary-color); }
"""
)

_JS = (
    SAVING_JS
    + """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".tiles");
  root.open = (index) => setTriggerValue("opened", index);
  if (root.dataset.version === data.version) return;
  root.dataset.version = data.version;
  root.style.setProperty("--tile", data.size + "px");
  root.style.setProperty("--aspect", data.aspect);
  root.style.setProperty("--sheet", `url(${data.sheet})`);
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.tiles.map((tile, index) => {
    const item = document.createElement("li");
    item.className = "tile";
    const picture = document.createElement(data.opens ? "button" : "div");
    picture.className = "picture";
    if (data.opens) picture.onclick = () => root.open(index);
    else picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", tile.alt);
    picture.title = tile.alt;
    const column = index % data.columns, row = Math.floor(index / data.columns);
    const share = (position, count) => (count > 1 ? (100 * position) / (count - 1) : 0) + "%";
    picture.style.backgroundSize = `${data.columns * 100}% ${data.rows * 100}%`;
    picture.style.backgroundPosition = `${share(column, data.columns)} ${share(row, data.rows)}`;
    item.append(picture, ...tile.text.map((line) => {
      const caption = document.createElement("div");
      caption.className = "caption";
      caption.textContent = line;
      return caption;
    }));
    return item;
  }));
  if (data.save) offerSaving(root.parentElement, data.save, { PNG: () => data.sheet });
}
"""
)


def gallery(
    pixels: NDArray[np.uint8],
    tiles: Sequence[Tile],
    label: str,
    key: str,
    size: int = 92,
    save: str = "",
    on_open: Callable[[int], None] | None = None,
) -> None:
    """Show images with what stands under each.

    Args:
        pixels: uint8 [n, h, w] grey, or [n, h, w, 3] in colour.
        tiles: n captions.
        label: What the images are, for a screen reader.
        key: Of the component.
        size: Smallest width of a tile in CSS pixels; the browser fits as many into a row as there is room for.
        save: The name of the file that the contact sheet can be saved as; empty for none.
        on_open: Makes buttons of the images; is told which was pressed, before the page is drawn again.
    """
    if len(pixels) == 0:
        return
    sheet = contact_sheet(pixels)
    columns, rows = sheet_size(len(pixels))
    data = {
        "sheet": sheet,
        "columns": columns,
        "rows": rows,
        "size": size,
        "aspect": pixels.shape[2] / pixels.shape[1],
        "label": label,
        "save": save,
        "opens": on_open is not None,
        "tiles": [{"text": list(tile.text), "alt": tile.alt} for tile in tiles],
    }

    version = f"{hash((sheet, tuple(tiles)))}"
    opened = received(key, "opened", lambda said: whole(said, len(tiles)), on_open) if on_open else None
    _component()(key=key, data={**data, "version": version}, height="content", on_opened_change=opened)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("gallery", html='<div><ul class="tiles"></ul></div>', css=_CSS, js=_JS)


def contact_sheet(pixels: NDArray[np.uint8]) -> str:
    """All images in one PNG, 20 in a row, as a data address: uint8 [n, h, w] or with 3 colours -> text."""
    return data_address(in_rows(pixels, _COLUMNS))


def in_rows(pixels: NDArray[np.uint8], most: int) -> NDArray[np.uint8]:
    """All images in one, at most so many in a row, those missing in the last row black."""
    count, height, width, *colours = pixels.shape
    columns, rows = sheet_size(count, most)
    padded = np.zeros((rows * columns, height, width, *colours), np.uint8)
    padded[:count] = pixels
    grid = padded.reshape(rows, columns, height, width, *colours).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, *colours)


def sheet_size(count: int, most: int = _COLUMNS) -> tuple[int, int]:
    """How many columns and rows a contact sheet of so many images has, with so many in a row."""
    return min(most, count), math.ceil(count / most)


def data_address(picture: NDArray[np.uint8]) -> str:
    """A grey [h, w] or colour [h, w, 3] picture as a PNG in a data address."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def enlarged(picture: NDArray[np.uint8], side: int = 224) -> NDArray[np.uint8]:
    """A small picture with every pixel as a square, so that the browser does not blur it; others unchanged."""
    factor = side // max(picture.shape[:2])
    return picture.repeat(factor, 0).repeat(factor, 1) if factor > 1 else picture
