"""One value of a layer worked out: every product, their sum, the bias, and what the layer does with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from playground.app.components.received import received, whole
from playground.app.components.still_chart import still_chart
from playground.app.inside.choices import pick_number, pick_place, unit_word
from playground.app.inside.figures import clickable_map, number_grid
from playground.app.shared.picture import NamedImage
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import take_away
from playground.interpret.trace import ActivationTrace
from playground.lab.lab import Lab
from playground.network.plan import LayerRow

_ROW, _COLUMN = "inside_row", "inside_column"


def value_view(lab: Lab, selected: SelectedEpoch, shown: NamedImage) -> None:
    """Choose a value by clicking into its map or by numbers, and see where it comes from."""
    places = tuple(
        each
        for each in lab.inside.places(selected.run)
        if lab.inside.has_weights(selected.run, selected.epoch, each)
    )
    place = pick_place(places, "inside_value_place", "Convolutions and dense layers, which have weights.")
    values = lab.inside.outputs(selected.run, selected.epoch, shown.pixels)[place.modules[0]].numpy()
    word = unit_word(place)
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(key="inside_value_map"):
        channel = pick_number(
            f"{word.capitalize()}, 0 to {len(values) - 1}", len(values), "inside_channel", "The one to show."
        )
        position = _position(values[channel], place) if values.ndim == 3 else ()
    found = lab.inside.worked(selected.run, selected.epoch, place, shown.pixels, channel, position)
    with right:
        _sum(found)
        _steps(found)
    _patch(found, place)
    _products(found, place, channel)


def read_cell(said: object, side: int) -> tuple[int, int] | None:
    """Row and column of the point of a map of side x side that was clicked; None where there is no such one."""
    try:
        cell = [whole(each, side) for each in said["points"][0]["customdata"][:2]]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None
    return (cell[0], cell[1]) if len(cell) == 2 and cell[0] is not None and cell[1] is not None else None


def _position(values: Any, place: LayerRow) -> tuple[int, int]:
    """Row and column of a value: by a click, or by the keyboard."""
    side = values.shape[0]
    if _ROW not in st.session_state:  # not the corner, which sees padding alone
        st.session_state[_ROW] = st.session_state[_COLUMN] = side // 2
    key = f"inside_click_{place.modules[0]}"

    def move(cell: tuple[int, int]) -> None:
        st.session_state[_ROW], st.session_state[_COLUMN] = cell

    cells = st.columns(2)
    with cells[0]:
        row = pick_number(f"Row, 0 to {side - 1}", side, _ROW, "From the top.")
    with cells[1]:
        column = pick_number(f"Column, 0 to {side - 1}", side, _COLUMN, "From the left.")
    title = "Its output: click a value"
    still_chart(
        clickable_map(values, (row, column), title), key=key,
        clicked=received(key, "selection", lambda said: read_cell(said, side), move),
        alt=f"The map, {side} x {side}; row {row}, column {column} is {values[row, column]:.4g}",
    )  # fmt: skip
    return row, column


def _sum(found: ActivationTrace) -> None:
    count, total = found.products.size, float(found.products.sum())
    bias = f" + bias {found.bias:.6g}" if found.has_bias else " (it has no bias)"
    st.markdown(
        f"**{count:,} products** come to {total:.6g}{bias} = **{found.value:.6g}**  \n"
        f"The network has **{found.network:.6g}** there; they differ by {abs(found.value - found.network):.1g}, "
        "as the network adds in single precision."
    )


def _steps(found: ActivationTrace) -> None:
    if not found.further:
        st.caption("This layer has no operation after the sum.")
        return
    st.markdown("What follows:")
    st.dataframe(
        [
            {"Step": each.operation, "Worked out": each.value, "Network": each.network, "Numbers": each.formula}
            for each in found.further
        ],
        hide_index=True,
        key="inside_steps",
        column_config={
            name: st.column_config.NumberColumn(format="%.6g") for name in ("Worked out", "Network")
        },
    )  # fmt: skip


def _patch(found: ActivationTrace, place: LayerRow) -> None:
    """Patch times kernel for one input map; of several the one that adds most to begin with."""
    if found.patch.shape[1:] == (1, 1):
        return
    sums = found.products.sum((1, 2))
    inputs, chosen = len(sums), 0
    if inputs > 1:
        order = np.argsort(-np.abs(sums), kind="stable").tolist()
        chosen = st.selectbox(
            "Input map", order, key=f"inside_input_{place.modules[0]}", width=320,
            format_func=lambda each: f"map {each}, adds {sums[each]:+.4g}",
            help="The map that adds most comes first.",
        )  # fmt: skip
    top, left = found.corner
    parts = (
        (f"Patch from row {top}, column {left}", found.patch),
        ("times kernel", found.kernel),
        ("gives products", found.products),
    )
    for cell, (title, numbers) in zip(st.columns(3), parts, strict=True):
        with cell:
            spoken = f"{title}: " + "; ".join(", ".join(f"{v:.3g}" for v in row) for row in numbers[chosen])
            still_chart(number_grid(numbers[chosen], title), key=f"inside_{title.split()[0]}", alt=spoken)
    st.caption(f"These add {sums[chosen]:.6g}. Values outside the map are 0.")


def _products(found: ActivationTrace, place: LayerRow, channel: int) -> None:
    is_map = found.patch.shape[1:] != (1, 1) or len(place.output_shape) == 3
    inputs, rows, columns = (axis.ravel() for axis in np.indices(found.patch.shape))
    table = {
        "input": inputs,
        **({"row": rows + found.corner[0], "column": columns + found.corner[1]} if is_map else {}),
        "value": found.patch.ravel(),
        "weight": found.kernel.ravel(),
        "product": found.products.ravel(),
    }
    with st.expander(f"All {found.patch.size:,} products"):
        number = st.column_config.NumberColumn(format="%.6g")
        st.dataframe(
            table, hide_index=True, key="inside_products",
            column_config=dict.fromkeys(("value", "weight", "product"), number),
        )  # fmt: skip
    take_away(f"{place.stage}-{unit_word(place)}-{channel}-value", table)
