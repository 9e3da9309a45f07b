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

from playground.app.components.bundle import script, style
from playground.app.components.received import received, whole

_COLUMNS = 20  # of the sheet that is sent; the browser arranges the tiles anew


@dataclass(frozen=True)
class Tile:
    """What stands under an image: `text` in up to a few lines, and `alt` for those who do not see it."""

    text: tuple[str, ...]
    alt: str


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
    return st.components.v2.component(
        "gallery", html='<div><ul class="tiles"></ul></div>', css=style(__file__), js=script(__file__)
    )


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
