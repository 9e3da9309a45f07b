"""The training images nearest to an image."""

from __future__ import annotations

import streamlit as st

from playground.analysis.scores import NearestNeighbours
from playground.app.components.gallery import Tile, gallery
from playground.data.classes import CLASS_NAMES


def nearest_images(beside: NearestNeighbours, key: str) -> None:
    """The training images nearest to an image, and how near they are."""
    names = [CLASS_NAMES[label] for label in beside.nearest.labels.tolist()]
    tiles = [
        Tile((name, f"cosine {cosine:.2f}"), f"{name}, cosine {cosine:.2f}")
        for name, cosine in zip(names, beside.typicality.cosines.tolist(), strict=True)
    ]
    gallery(beside.nearest.pixels.numpy(), tiles, "The nearest training images", key, save="nearest")
    st.caption(
        f"The nearest of {beside.among:,} training images in this network's feature space, and the cosine of the "
        "angle between their features, after its last epoch."
    )
