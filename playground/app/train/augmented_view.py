"""What the chosen augmentation makes of training images, beneath its settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.app.components.gallery import Tile, gallery
from playground.data.classes import CLASS_NAMES
from playground.errors import PlaygroundError
from playground.experiment.augmentation import AUGMENTATION, Augmentation
from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab


def augmented_images(lab: Lab, document: dict[str, Any]) -> None:
    """A few images as an epoch might show them; nothing while nothing is changed or a setting is wrong."""
    try:
        choice = Experiment.parse({"training": {"augmentation": document}}).training.augmentation
        if choice.changes() and lab.is_warm:
            _shown(lab, choice)
    except PlaygroundError:
        return  # the form says what is wrong, with a setting or with torch


def _shown(lab: Lab, choice: Augmentation) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption("Augmented images, as in one epoch")
    pressed = row.button("Others", icon=":material/refresh:", key="augmented_again")
    seed = st.session_state.get("augmented_seed", 0) + pressed
    st.session_state["augmented_seed"] = seed
    pixels = _images(lab, choice.model_dump_json(), seed)
    tiles = [Tile((), f"{CLASS_NAMES[number % len(CLASS_NAMES)]}, augmented") for number in range(len(pixels))]
    gallery(pixels, tiles, "Augmented images, as in one epoch", "augmented", size=44)


@st.cache_data(show_spinner="Changing a few images", max_entries=100)
def _images(_lab: Lab, choice: str, seed: int) -> NDArray[np.uint8]:
    from playground.training.augment import glimpse
    from playground.training.engine import generator

    images = _lab.datasets.named("sample").train
    pixels: NDArray[np.uint8] = glimpse(
        images, AUGMENTATION.model.model_validate_json(choice), generator(seed, "glimpse")
    ).numpy()
    return pixels
