"""The data set on the screen. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st
import torch

from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import sentence
from playground.app.components.one_of import one_of
from playground.data.classes import CLASS_NAMES
from playground.data.images import Images, class_counts, mean_images
from playground.lab.lab import Lab

AT_ONCE = 60
ALL = "all classes"


def _means(images: Images) -> None:
    tiles = [
        Tile((name, f"{count:,} images"), f"Mean image of {name}, {count:,} images")
        for name, count in zip(CLASS_NAMES, class_counts(images), strict=True)
    ]
    gallery(mean_images(images).numpy(), tiles, "Mean image of each class", "means", size=110)


def _grid(images: Images, label: int | None, first: int) -> None:
    chosen = torch.arange(len(images)) if label is None else torch.nonzero(images.labels == label)[:, 0]
    shown = chosen[first : first + AT_ONCE]
    names = [CLASS_NAMES[int(images.labels[index])] for index in shown]
    tiles = [
        Tile((name, f"no. {int(i)}"), f"Image {int(i)}: {name}") for name, i in zip(names, shown, strict=True)
    ]
    gallery(images.pixels[shown].numpy(), tiles, "Images of the data set", "garments", size=80)


def garments_view(lab: Lab) -> None:
    """Where the images come from, the mean of each class, and all of them, page by page."""
    data, status = lab.datasets.current(), lab.datasets.status()
    st.markdown(
        f"**Fashion-MNIST**: {len(data.train):,} training and {len(data.test):,} test images of 28 x 28 grey "
        f"pixels in ten classes. {sentence(status.message)}"
    )
    st.caption(
        "Published by Zalando Research in 2017 under the MIT licence; product pictures, inverted and shrunk. "
        + ("These are exactly the published images." if data.verified else "")
    )
    with st.sidebar:
        part = one_of(
            "Images", ("training", "test"), default="training", key="garments_part",
            help="The network is trained on the training images and evaluated on the test images.",
        )  # fmt: skip
        name = st.selectbox("Class", (ALL, *CLASS_NAMES), key="garments_class", help="Show only these images.")
    images = data.train if part == "training" else data.test
    label = None if name == ALL else CLASS_NAMES.index(name)
    st.subheader("Mean image of each class", help="The mean of every pixel over all images of a class.")
    _means(images)
    st.subheader(f"{part.capitalize()} images of {name}")
    count = len(images) if label is None else class_counts(images)[label]
    page = st.pagination(-(-count // AT_ONCE), key=f"garments_page_{part}_{name}")
    _grid(images, label, (page - 1) * AT_ONCE)
