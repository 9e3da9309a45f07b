"""Numbers as pictures, and ways to take them away. 0 is black, above it orange, below it blue; strong is light.

The numbers stand beside every picture and in its file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas  # type: ignore[import-untyped]
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from playground.app.components.gallery import in_rows

SCALES: Mapping[str, str] = {
    "each map": "Every map has its own scale: shapes are clear, strengths cannot be compared.",
    "layer": "One scale for all maps of the layer: shows which maps are strong.",
    "network": "One scale for all maps of the network: shows which layers are strong.",
}
_ABOVE = np.array([[0, 0, 0], [176, 74, 0], [255, 150, 60], [255, 236, 214]], np.float64)
_BELOW = np.array([[0, 0, 0], [0, 86, 160], [70, 165, 235], [218, 239, 255]], np.float64)
_STOPS = np.array([0.0, 0.4, 0.75, 1.0])
PLOTLY_SCALE = [
    [(1 + sign * stop) / 2, f"rgb({r:.0f},{g:.0f},{b:.0f})"]
    for sign, colours in ((-1, _BELOW[::-1]), (1, _ABOVE))
    for stop, (r, g, b) in zip(_STOPS[::-1] if sign < 0 else _STOPS, colours, strict=True)
]
"""The same colours for a chart whose range is symmetrical."""
PICTURE_SIDE = 112  # of a tile in a PNG that is taken away, at least


def painted(values: NDArray[np.floating[Any]], limit: NDArray[np.floating[Any]] | float) -> NDArray[np.uint8]:
    """Numbers [n, h, w] as colours uint8 [n, h, w, 3]; `limit` (for all, or [n]) has the lightest ones."""
    limits = np.maximum(np.broadcast_to(np.asarray(limit, np.float64), values.shape[:1]), 1e-12)[:, None, None]
    strength = np.clip(np.abs(values) / limits, 0, 1)
    colours = [
        np.where(values >= 0, *(np.interp(strength, _STOPS, side[:, channel]) for side in (_ABOVE, _BELOW)))
        for channel in range(3)
    ]
    return np.stack(colours, -1).round().astype(np.uint8)


def strengths(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The largest size of a number in each picture [n, h, w] -> [n]."""
    found: NDArray[np.float64] = np.abs(values).reshape(len(values), -1).max(1).astype(np.float64)
    return found


def limits_of(values: NDArray[np.floating[Any]], scale: str, network: float) -> NDArray[np.float64]:
    """The limits of pictures [n, h, w] under one of SCALES; `network` is the largest number of all layers."""
    own = strengths(values)
    return {"each map": own, "layer": np.full_like(own, own.max()), "network": np.full_like(own, network)}[scale]


def explained(scale: str, limits: NDArray[np.float64]) -> str:
    """The colours in a sentence, with the number that has the lightest one."""
    most = "the largest number of each" if scale == "each map" else f"±{limits.max():.3g}"
    return f"Black is 0, orange is above it, blue below; the lightest is {most}."


def as_png(pixels: NDArray[np.uint8], most: int = 8) -> bytes:
    """Pictures [n, h, w] or [n, h, w, 3] in one PNG, enlarged so that every number is a square, a gap between."""
    factor = max(1, -(-PICTURE_SIDE // pixels.shape[1]))
    large = pixels.repeat(factor, 1).repeat(factor, 2)
    gap = [(0, 0), (2, 2), (2, 2), *[(0, 0)] * (large.ndim - 3)]
    file = io.BytesIO()
    Image.fromarray(in_rows(np.pad(large, gap, constant_values=128), most)).save(file, "PNG")
    return file.getvalue()


Numbers = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # columns by name, or rows


def as_csv(numbers: Numbers) -> bytes:
    """Columns or rows as CSV."""
    text: str = pandas.DataFrame(numbers).to_csv(index=False)
    return text.encode()


def map_columns(
    values: NDArray[Any], names: Sequence[str] = ("channel", "row", "column")
) -> dict[str, NDArray[Any]]:
    """Numbers of any shape as columns: one for each axis, and the value."""
    places = np.indices(values.shape).reshape(values.ndim, -1)
    return {**dict(zip(names, places, strict=True)), "value": values.reshape(-1)}


def take_away(name: str, numbers: Numbers, pixels: NDArray[np.uint8] | None = None) -> None:
    """Buttons that download numbers, and their picture; a chart of Plotly's has a button of its own for that.

    The files are made when they are asked for.
    """
    with st.container(horizontal=True):
        if pixels is not None:
            st.download_button(
                "PNG", lambda: as_png(pixels), f"{name}.png", "image/png", key=f"png-{name}", type="tertiary",
                icon=":material/image:", on_click="ignore", help="The picture.",
            )  # fmt: skip
        st.download_button(
            "CSV", lambda: as_csv(numbers), f"{name}.csv", "text/csv", key=f"csv-{name}", type="tertiary",
            icon=":material/table:", on_click="ignore", help="Its numbers.",
        )  # fmt: skip
