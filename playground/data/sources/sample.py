"""The sample of Fashion-MNIST that comes with the playground.

Each of its two sheets is one lossless grey PNG of all images, 50 side by side, class after class, in canonical
order within a class. `tools/make_sample.py` makes them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from playground.errors import DataError

if TYPE_CHECKING:
    from playground.data.images import FashionData, Images
    from playground.experiment.experiment import DataChoice

ASSETS = Path(__file__).parents[2] / "assets"
TRAIN_SHEET, TEST_SHEET = "sample-train.png", "sample-test.png"
_SIZES = {TRAIN_SHEET: 600, TEST_SHEET: 100}  # images of each class
ACROSS = 50
"""Images side by side on a sheet."""


def load_sample(folder: Path = ASSETS) -> "FashionData":
    """Read the 6,000 training and 1,000 test images; raise DataError where a sheet is missing or damaged."""
    from playground.data import images  # imports torch, which the screen must not wait for

    train, test = (images.canonical(_read_sheet(folder / sheet)) for sheet in (TRAIN_SHEET, TEST_SHEET))
    data = images.FashionData.of("sample", "sample", train, test)
    if not data.verified:
        found, wanted = data.fingerprint, images.KNOWN_FINGERPRINTS["sample"]
        raise DataError(f"The sample in {folder} is not as it was made: its fingerprint is {found}, not {wanted}.")
    return data


def _read_sheet(path: Path) -> "Images":
    import torch

    from playground.data.classes import CLASSES, SIDE
    from playground.data.images import Images

    each = _SIZES[path.name]
    down = CLASSES * each // ACROSS
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            if (picture.mode, picture.size) != ("L", (ACROSS * SIDE, down * SIDE)):
                raise DataError(f"{path} is not a sheet of {each} images of each class.")
            sheet = np.array(picture)
    except (OSError, SyntaxError) as error:  # Pillow calls a broken PNG a SyntaxError
        raise DataError(f"{path} cannot be read: {error}.") from None
    tiles = sheet.reshape(down, SIDE, ACROSS, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    labels = torch.arange(CLASSES).repeat_interleave(each)
    return Images(torch.from_numpy(np.ascontiguousarray(tiles)), labels)


def can_substitute(fingerprint: str, choice: "DataChoice") -> bool:
    """Whether the sample can judge what was trained on the images of this fingerprint: on the full set, split.

    Its held-out and test images are held-out and test images there too, so that no such run has learned from one;
    but for runs that hold another fold out than the first of twelve.
    """
    from playground.data.images import KNOWN_FINGERPRINTS  # imports torch
    from playground.experiment.experiment import HELD_OUT

    usual = choice.validation != "held-out" or (choice.fold, choice.folds) == (1, HELD_OUT)
    return usual and fingerprint == KNOWN_FINGERPRINTS["full"]
