"""Weights and feature maps of a layer for one image."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.components.still_chart import still_chart
from playground.app.inside.choices import pick_number, pick_place, unit_word
from playground.app.inside.figures import matrix_figure, units_figure
from playground.app.shared.picture import NamedImage
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import (
    SCALES,
    explained,
    limits_of,
    map_columns,
    painted,
    strengths,
    take_away,
)
from playground.experiment.layers import LAYERS
from playground.lab.lab import Lab
from playground.network.plan import LayerRow

AT_ONCE = 64
_MOST_BARS = 500


def maps_view(lab: Lab, selected: SelectedEpoch, shown: NamedImage) -> None:
    """What leaves a layer for an image, and the weights that make it."""
    places = lab.inside.places(selected.run)
    left, right = st.columns(2)
    with left:
        place = pick_place(
            places, "inside_place", "The rows of the layer table, and those within residual blocks."
        )
    with right:
        scale = one_of(
            "Colour scale", tuple(SCALES), default="each map", key="inside_scale",
            persist_state="session", help=" ".join(f"**{name}**: {words}" for name, words in SCALES.items()),
        )  # fmt: skip
    outputs = lab.inside.outputs(selected.run, selected.epoch, shown.pixels)
    values = outputs[place.modules[-1]].numpy()
    st.subheader("Output of the layer")
    if not any(each.stage.startswith(LAYERS.tags) for each in places):
        st.caption(
            "This network has no convolution and so no feature maps. Shown are its units, and the weights of its "
            "first dense layer as pictures of 28 x 28."
        )
    if place.operation == "flatten":
        st.caption("The input values in one row; here they keep their positions.")
        values = values.reshape(place.input_shape)
    if values.ndim == 3:
        drawn = (each for each in places if len(each.output_shape) == 3 or each.operation == "flatten")
        network = max(float(outputs[each.modules[-1]].abs().max()) for each in drawn)
        st.markdown(f"{len(values)} maps of {values.shape[1]} x {values.shape[2]} for {literal(shown.name)}.")
        pictures(values, scale, network, f"{place.stage} maps", "map", "inside_maps")
    else:
        _units(values, place, shown)
    _weights(lab, selected, place, places, scale)


def pictures(values: NDArray[np.float32], scale: str, network: float, name: str, word: str, key: str) -> None:
    """Maps or kernels [n, h, w] as tiles with their numbers, and the same to take away."""
    limits = limits_of(values, scale, network)
    st.caption(explained(scale, limits))
    pages = -(-len(values) // AT_ONCE)
    page = st.pagination(pages, key=f"{key}_page") if pages > 1 else 1
    shown = range(len(values))[(page - 1) * AT_ONCE : page * AT_ONCE]
    tiles = [map_tile(values[number], number, word) for number in shown]
    colours = painted(values, limits)
    with st.container(key=key):
        gallery(colours[shown.start : shown.stop], tiles, name, f"{key}_tiles", size=92)
    take_away(name.replace(" ", "-"), map_columns(values, (word, "row", "column")), colours)


def map_tile(values: NDArray[np.float32], number: int, word: str) -> Tile:
    """A feature map's tile: its number, its smallest and largest value, and its share of zeros."""
    low, high = float(values.min()), float(values.max())
    zero = float((values == 0).mean())
    lines: tuple[str, ...] = (f"{word} {number}", f"{low:.2g} to {high:.2g}" if low != high else f"all {low:.2g}")
    lines += (f"{zero:.0%} zero",) if zero else ()
    return Tile(lines, ", ".join(lines))


def _units(values: NDArray[np.float32], place: LayerRow, shown: NamedImage) -> None:
    st.markdown(f"{len(values):,} numbers for {literal(shown.name)}.")
    if len(values) <= _MOST_BARS:
        figure = units_figure(values, place)
        spoken = f"Values of {place.stage}; the largest is unit {int(values.argmax())} with {values.max():.3g}"
        still_chart(figure, key="inside_units", alt=spoken)
    else:
        st.caption(f"Too many to draw; they are {values.min():.3g} to {values.max():.3g}. The file has them all.")
    take_away(f"{place.stage}-units", map_columns(values, ("unit",)))


def _weights(lab: Lab, selected: SelectedEpoch, place: LayerRow, places: tuple[LayerRow, ...], scale: str) -> None:
    found = lab.inside.weights(selected.run, selected.epoch, place)
    if found is None:
        return
    weights, word = found.numpy(), unit_word(place)
    st.subheader("Weights of the layer")
    if weights.shape[2] == 1 and weights.shape[3] > 1:
        _matrix(weights[:, 0, 0], place)
        return
    others = (lab.inside.weights(selected.run, selected.epoch, each) for each in places)
    network = max(float(each.abs().max()) for each in others if each is not None)
    outputs, inputs, side = weights.shape[:3]
    if inputs == 1:
        st.markdown(f"{outputs} {word}s of {side} x {side} weights each.")
        pictures(weights[:, 0], scale, network, f"{place.stage} weights", word, "inside_weights")
        return
    chosen = pick_number(f"{word.capitalize()}, 0 to {outputs - 1}", outputs, "inside_filter", "The one to show.")
    st.markdown(f"The {inputs} kernels of {word} {chosen}, {side} x {side} each: one for each input map.")
    if scale == "layer":
        network = float(strengths(weights.reshape(outputs * inputs, side, -1)).max())
    shown_scale = scale if scale == "each map" else "network"
    pictures(weights[chosen], shown_scale, network, f"{place.stage} {word} {chosen}", "input", "inside_weights")


def _matrix(weights: NDArray[np.float32], place: LayerRow) -> None:
    """Weights of units whose inputs are no picture."""
    st.markdown(f"{weights.shape[0]:,} units with {weights.shape[1]:,} weights each.")
    if weights.size <= 40_000:
        spoken = f"Weights of {place.stage}, between {weights.min():.3g} and {weights.max():.3g}"
        still_chart(matrix_figure(weights, place), key="inside_matrix", alt=spoken)
    else:
        st.caption("Too many to draw. The file has them all.")
    take_away(f"{place.stage}-weights", map_columns(weights, ("unit", "input")))
