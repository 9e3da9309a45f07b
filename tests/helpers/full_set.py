"""The full set of images, unpacked once and put into many homes."""

import os
from pathlib import Path

from playground.data.sources.cache import CACHE_NAME
from playground.data.sources.datasets import Datasets
from playground.data.sources.originals import DEBIAN_FOLDER


def unpacked(home: Path) -> Path:
    """The file that a home keeps all 70,000 images in; it is there where this machine has Debian's package."""
    if DEBIAN_FOLDER.is_dir():
        Datasets(home).fetch()
    return home / "data" / CACHE_NAME


def put_into(home: Path, images: Path) -> None:
    """Give a home the images of another, as a link to the same file; nothing where that has none."""
    if images.exists():
        (home / "data").mkdir(parents=True, exist_ok=True)
        os.link(images, home / "data" / CACHE_NAME)
