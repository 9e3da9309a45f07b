"""The camera, where a browser gives it; else why not, and what to do."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def camera() -> UploadedFile | None:
    """A field that takes a photo; the photo, if there is one."""
    url = st.context.url or ""
    if gives_camera(url):
        return st.camera_input("A photo of a garment", key="camera", label_visibility="collapsed")
    st.info(
        "No camera: browsers allow it only on pages that come over https, or from the device itself. This page "
        f"came over http from `{urlsplit(url).hostname}`. Take the photo with the device's camera app and upload "
        "it above, or have the app started with `--server.sslCertFile` and `--server.sslKeyFile`.",
        icon=":material/no_photography:",
    )
    return None


def gives_camera(url: str) -> bool:
    """Whether a browser gives the camera to a page at this address: a secure context, as browsers call it."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
