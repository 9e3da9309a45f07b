"""The images that each filter of a layer answers most strongly."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.analysis.inside import ImageSample
from playground.app.components.gallery import Tile, gallery
from playground.app.inside.choices import among, pick_number, pick_place, unit_word
from playground.app.shared.job_panel import awaited
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import take_away
from playground.data.classes import CLASS_NAMES
from playground.interpret.top_activations import TopImages
from playground.lab.lab import Lab
from playground.network.plan import LayerRow

AT_ONCE = 64
_FACTOR = 4  # screen pixels of an image pixel, so that a frame hides none of them
_FRAME = np.array([255, 150, 60], np.uint8)


def top_view(lab: Lab, selected: SelectedEpoch) -> None:
    """One filter with its strongest images, and every filter with its strongest one."""
    run, epoch = selected.run, selected.epoch
    left, right = st.columns([3, 1])
    with left:
        place = pick_place(lab.inside.places(run), "inside_top_place", "The rows of the layer table.")
    sampled = lab.inside.images(run)
    found = awaited(lab.inside.top(run, epoch, place), f"Looking through {among(sampled)}")
    if found is None:
        return
    word, count = unit_word(place), len(found.values)
    with right:
        chosen = pick_number(f"{word.capitalize()}, 0 to {count - 1}", count, "inside_top_filter", "Which one.")
    st.markdown(
        f"Of {among(sampled)}, those with the largest values of **{word} {chosen}** of {place.stage}, whose mean "
        f"is {found.mean[chosen]:.3g}. The frame is the receptive field of the largest value."
    )
    if not found.values[chosen].any():
        st.info(f"This {word} is 0 for every image, so these are the first images.", icon=":material/power_off:")
    framed = _framed(
        lab, selected, place, sampled, found, [(chosen, rank) for rank in range(found.values.shape[1])]
    )
    with st.container(key="inside_top"):
        gallery(
            framed,
            image_tiles(found, sampled, chosen),
            f"Strongest images of {word} {chosen}",
            "inside_top_tiles",
            112,
        )
    take_away(f"{place.stage}-{word}-{chosen}-top", image_columns(found, sampled, word), framed)
    _every(lab, selected, place, sampled, found)


def image_tiles(found: TopImages, sampled: ImageSample, channel: int) -> list[Tile]:
    """The tiles of the images that a channel answers most strongly, strongest first."""
    values, numbers = found.values[channel].tolist(), found.images[channel].tolist()
    names = [CLASS_NAMES[label] for label in sampled.images.labels[found.images[channel]].tolist()]
    lines = [(f"{v:.3g}", name, f"no. {n}") for v, name, n in zip(values, names, numbers, strict=True)]
    return [Tile(each, f"Image {each[2][4:]}, {each[1]}, value {each[0]}") for each in lines]


def _every(lab: Lab, selected: SelectedEpoch, place: LayerRow, sampled: ImageSample, found: TopImages) -> None:
    word, count = unit_word(place), len(found.values)
    st.subheader(f"Every {word}'s strongest image")
    pages = -(-count // AT_ONCE)
    page = st.pagination(pages, key="inside_top_page") if pages > 1 else 1
    shown = range(count)[(page - 1) * AT_ONCE : page * AT_ONCE]
    framed = _framed(lab, selected, place, sampled, found, [(channel, 0) for channel in shown])
    names = [CLASS_NAMES[label] for label in sampled.images.labels[found.images[:, 0]].tolist()]
    tiles = [
        Tile((f"{word} {each}", f"{found.values[each, 0]:.3g}", names[each]), f"{word} {each}: {names[each]}")
        for each in shown
    ]
    gallery(framed, tiles, f"The strongest image of each {word}", "inside_every", 112)
    columns = image_columns(found, sampled, word)
    first = columns["rank"] == 1
    take_away(f"{place.stage}-strongest", {name: each[first] for name, each in columns.items()}, framed)


def _framed(
    lab: Lab,
    selected: SelectedEpoch,
    place: LayerRow,
    sampled: ImageSample,
    found: TopImages,
    which: list[tuple[int, int]],
) -> NDArray[np.uint8]:
    """Images enlarged, with a frame around what the value sees; none for units, which see everything."""
    numbers = [int(found.images[each]) for each in which]
    grey = sampled.images.pixels[numbers].numpy().repeat(_FACTOR, 1).repeat(_FACTOR, 2)
    colours = np.repeat(grey[..., None], 3, axis=3)
    if len(place.output_shape) != 3:
        return colours
    for picture, each in zip(colours, which, strict=True):
        window = lab.inside.window(selected.run, selected.epoch, place, int(found.positions[each]))
        if window is not None:
            top, left, bottom, right = (
                window.top * _FACTOR, window.left * _FACTOR, (window.bottom + 1) * _FACTOR - 1,
                (window.right + 1) * _FACTOR - 1,
            )  # fmt: skip
            picture[[top, bottom], left : right + 1] = _FRAME
            picture[top : bottom + 1, [left, right]] = _FRAME
    return colours


def image_columns(found: TopImages, sampled: ImageSample, word: str) -> dict[str, NDArray[Any]]:
    """The strongest images of every channel as columns of a table."""
    channels, ranks = (axis.ravel() for axis in np.indices(found.images.shape))
    labels = sampled.images.labels[found.images.flatten()].numpy()
    return {
        word: channels, "rank": ranks + 1, "image": found.images.flatten().numpy(),
        "class": np.array(CLASS_NAMES)[labels], "value": found.values.flatten().numpy(),
        "position": found.positions.flatten().numpy(),
    }  # fmt: skip
