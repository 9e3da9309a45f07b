"""The picture that is asked about: a drawing, an upload, or an image of the test set."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.app.components.camera import camera
from playground.app.components.markdown import literal
from playground.app.predict.canvas import canvas
from playground.app.shared.canvas_background import lay_beneath, on_bench
from playground.app.shared.picture import Picture, UploadedPicture, in_form
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.errors import PictureError
from playground.lab.lab import Lab
from playground.pictures.decode import ACCEPTED
from playground.pictures.painting import on_black, painted_over
from playground.text.durations import roughly

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


_DRAWING = "Your drawing"
_FEW = 8  # files that are read within a second or so


def choose_picture(lab: Lab, tab: Session) -> None:
    """Show the ways to give a picture; the newest becomes the tab's picture."""
    st.subheader("Your garment")
    with st.container(key="canvas"):
        drawing = canvas(lab, tab)
    if tab.bench is not None:
        _bench(tab, drawing)
    elif drawing is not None:
        tab.own = tab.picture = _drawn(tab, on_black(drawing)) if tab.drawing else None
    with st.container(key="upload"):
        uploaded(tab)
    with st.container(horizontal=True):
        if st.button("Use this picture", icon=":material/check:", help="Predict your own picture again."):
            tab.picture = tab.own
            if tab.own is None:
                st.toast("Draw a garment or upload a picture first.", icon=":material/draw:")
        if st.button(
            "A random test image", icon=":material/shuffle:", help="Predicts an image whose class is known."
        ):
            tab.picture = random_test_image(lab)


def _drawn(tab: Session, image: NDArray[np.uint8]) -> Picture:
    """The drawing as it stands now; the next stroke leaves the same steps out."""
    picture, before = prepared(_DRAWING, image), tab.own
    if before is None or before.name != _DRAWING or picture.prepared is None:
        return picture
    return picture.leaving_out(before.without)


def _bench(tab: Session, drawing: NDArray[np.uint8] | None) -> None:
    """An image of the data set lies under the canvas: what was painted over it is asked about."""
    assert tab.bench is not None
    if drawing is not None:
        tab.own = tab.picture = on_bench(tab, painted_over(tab.bench, drawing if tab.drawing else None))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{literal(tab.bench_name)} is under the canvas: paint over it, or erase.", width="content")
        if st.button("Remove it", icon=":material/layers_clear:"):
            lay_beneath(tab, None)
            tab.own = tab.picture = None
            st.rerun()


def uploaded(tab: Session) -> None:
    """A file uploader and a camera; new files become the tab's album, the last of them its picture.

    The uploader takes any file: what is in it decides, and not its name, and a file that cannot be read is told
    why in a sentence, where Streamlit would only name its ending.
    """
    files = st.file_uploader(
        "Or pictures of garments",
        key="picture_file",
        accept_multiple_files=True,
        help=f"One garment on a plain background works best. {ACCEPTED}, up to 20 MB each.",
    )
    if st.toggle("Camera", key="camera_on", help="Takes a picture with this device's camera."):
        taken = camera()
        files = [*files, *([taken] if taken else [])]
    _read_new(tab, files)


def _read_new(tab: Session, files: Sequence[UploadedFile]) -> None:
    """Keep the album level with the files that are there; the last new one is looked at."""
    ids = tuple(file.file_id for file in files)
    if ids == tab.upload_ids:
        return
    known = {each.file_id: each for each in tab.album}
    new = [file for file in files if file.file_id not in known]
    bar, started = st.empty(), time.monotonic()
    for number, file in enumerate(new):
        if number and len(new) > _FEW:  # where the page is drawn anew meanwhile, what was read stays
            left = (time.monotonic() - started) / number * (len(new) - number)
            bar.progress(number / len(new), f"Reading picture {number + 1} of {len(new)}, {roughly(left)} left")
        picture = read(file.getvalue(), file.name)
        seen = None if picture.prepared is None else picture.prepared.pixels
        known[file.file_id] = UploadedPicture(file.file_id, picture.name, seen, picture.complaint)
        tab.album = tuple(known.values())
        tab.own = tab.picture = picture
    bar.empty()
    tab.upload_ids = ids
    tab.album = tuple(known[each] for each in ids)


def look_at(tab: Session, uploaded: UploadedPicture) -> None:
    """Make a picture of the album the one that is asked about; nothing if its file was taken away meanwhile."""
    given = [*(st.session_state.get("picture_file") or ()), st.session_state.get("camera")]
    for file in given:
        if file is not None and file.file_id == uploaded.file_id:
            tab.own = tab.picture = read(file.getvalue(), file.name)


def read(content: bytes, name: str) -> Picture:
    """A file as a picture; what is wrong with it stands in its complaint."""
    from playground.pictures.decode import read as decoded

    try:
        picture = decoded(content, name)
    except PictureError as error:
        return Picture(name, None, None, str(error))
    return prepared(name, picture.pixels, picture.notes)


def prepared(name: str, image: NDArray[np.uint8], notes: tuple[str, ...] = ()) -> Picture:
    """An image as a picture; where there is nothing in it, its complaint says so."""
    from playground.pictures.garment_file import prepare_named

    try:
        return Picture(name, image, prepare_named(image, name, notes), notes=notes)
    except PictureError as error:
        return Picture(name, image, None, str(error))


def random_test_image(lab: Lab) -> Picture:
    """Any of the test images, as it is in the data set."""
    test = lab.datasets.current().test
    index = secrets.randbelow(len(test))
    pixels: Any = test.pixels[index].numpy()
    truth = CLASS_NAMES[int(test.labels[index])]
    return in_form(f"Test image no. {index}", pixels, truth)
