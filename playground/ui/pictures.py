"""The picture that is asked about: a drawing, an upload, or an image of the test set."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.core.classes import CLASS_NAMES
from playground.errors import PictureError
from playground.services.lab import Lab
from playground.ui.canvas import canvas
from playground.ui.session import Session

if TYPE_CHECKING:
    from playground.core.garment import Prepared

ACCEPTED = ("png", "jpg", "jpeg", "webp", "gif", "bmp")


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture on its way into a network.

    Attributes:
        name: What it is, for the person.
        prepared: As the network sees it, with every step; None if it could not be prepared.
        complaint: Why it could not.
        truth: Its class, where that is known.
    """

    name: str
    prepared: Prepared | None
    complaint: str = ""
    truth: str | None = None


def choose_picture(lab: Lab, tab: Session) -> None:
    """Show the ways to give a picture; the newest becomes the tab's picture."""
    st.subheader("Your garment")
    with st.container(key="canvas"):
        drawing = canvas(tab)
    if drawing is not None:
        tab.own = tab.picture = _prepared("Your drawing", drawing) if tab.drawing else None
    with st.container(key="upload"):
        uploaded(lab, tab)
    with st.container(horizontal=True):
        if st.button("Use this picture", icon=":material/check:", help="Ask again about your own picture."):
            tab.picture = tab.own
            if tab.own is None:
                st.toast("Draw a garment or upload a picture first.", icon=":material/draw:")
        if st.button(
            "A random test image", icon=":material/shuffle:", help="Asks about an image whose class is known."
        ):
            tab.picture = random_test_image(lab)


def uploaded(lab: Lab, tab: Session) -> None:
    """A file uploader; a new file becomes the tab's picture."""
    file = st.file_uploader(
        "Or a picture of a garment",
        type=list(ACCEPTED),
        key="picture_file",
        help="One garment on a plain background is read best. Up to 20 MB.",
    )
    if file is None or file.file_id == tab.upload_id:
        return
    tab.upload_id = file.file_id
    try:
        tab.own = tab.picture = Picture(file.name, lab.read_picture(file.getvalue(), file.name))
    except PictureError as error:
        tab.own = tab.picture = Picture(file.name, None, str(error))


def _prepared(name: str, image: NDArray[np.uint8]) -> Picture:
    from playground.core.garment import prepare

    try:
        return Picture(name, prepare(image))
    except PictureError as error:
        return Picture(name, None, str(error))


def random_test_image(lab: Lab) -> Picture:
    """Any of the test images, as it is in the data set."""
    from playground.core.garment import Prepared

    test = lab.datasets.current().test
    index = secrets.randbelow(len(test))
    pixels: Any = test.pixels[index].numpy()
    truth = CLASS_NAMES[int(test.labels[index])]
    return Picture(f"Test image no. {index}", Prepared(pixels, ()), truth=truth)
