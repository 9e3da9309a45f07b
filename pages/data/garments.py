"""The data set: its classes, its images, and where they come from."""

import streamlit as st
import torch

from playground.core.fashion import CLASS_NAMES, Images, class_counts, mean_images
from playground.ui.cache import lab
from playground.ui.gallery import Tile, gallery
from playground.ui.inspection import warmed_up

AT_ONCE = 60
ALL = "all classes"


def show_means(images: Images) -> None:
    tiles = [
        Tile((name, f"{count:,} images"), f"Mean image of {name}, {count:,} images")
        for name, count in zip(CLASS_NAMES, class_counts(images), strict=True)
    ]
    gallery(mean_images(images).numpy(), tiles, "Mean image of each class", "means", size=110)


def show_grid(images: Images, label: int | None, first: int) -> None:
    chosen = torch.arange(len(images)) if label is None else torch.nonzero(images.labels == label)[:, 0]
    shown = chosen[first : first + AT_ONCE]
    names = [CLASS_NAMES[int(images.labels[index])] for index in shown]
    tiles = [
        Tile((name, f"no. {int(i)}"), f"Image {int(i)}: {name}") for name, i in zip(names, shown, strict=True)
    ]
    gallery(images.pixels[shown].numpy(), tiles, "Images of the data set", "garments", size=80)


st.title("Garments")
here = lab()
if warmed_up(here):
    data, status = here.datasets.current(), here.datasets.status()
    st.markdown(
        f"**Fashion-MNIST**: {len(data.train):,} training and {len(data.test):,} test images of 28 x 28 grey "
        f"pixels in ten classes. {status.message}"
    )
    st.caption(
        "Published by Zalando Research in 2017 under the MIT licence; product pictures, inverted and shrunk. "
        + ("These are exactly the published images." if data.verified else "These are not the published images.")
    )
    with st.sidebar:
        part = st.segmented_control(
            "Images", ("training", "test"), default="training", key="garments_part", required=True,
            help="The network learns from the training images and is judged on the test images.",
        )  # fmt: skip
        name = st.selectbox("Class", (ALL, *CLASS_NAMES), key="garments_class")
    images = data.train if part == "training" else data.test
    label = None if name == ALL else CLASS_NAMES.index(name)
    st.subheader("Mean image of each class", help="The mean of every pixel over all images of a class.")
    show_means(images)
    st.subheader(f"{part.capitalize()} images of {name}")
    count = len(images) if label is None else class_counts(images)[label]
    page = st.pagination(-(-count // AT_ONCE), key=f"garments_page_{part}_{name}")
    show_grid(images, label, (page - 1) * AT_ONCE)
