"""The sample of Fashion-MNIST that comes with the playground: loading it, and making it again.

    python -m playground.services.sample [FOLDER]

makes it from the four published files in FOLDER, by default those of Debian's package. Each sheet is one
lossless grey PNG of all images, 50 side by side, class after class, in canonical order within a class.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from playground.errors import DataError
from playground.services.originals import DEBIAN_FOLDER, read_full

if TYPE_CHECKING:
    import torch

    from playground.core.experiment import DataChoice
    from playground.core.fashion import FashionData, Images

DATA_FOLDER = Path(__file__).parent.parent / "data"
TRAIN_SHEET, TEST_SHEET = "sample-train.png", "sample-test.png"
_SIZES = {TRAIN_SHEET: 600, TEST_SHEET: 100}  # images of each class
_ACROSS = 50  # images side by side


def load_sample(folder: Path = DATA_FOLDER) -> "FashionData":
    """Read the 6,000 training and 1,000 test images; raise DataError where a sheet is missing or damaged."""
    from playground.core import fashion  # imports torch, which the screen must not wait for

    train, test = (fashion.canonical(_read_sheet(folder / sheet)) for sheet in (TRAIN_SHEET, TEST_SHEET))
    data = fashion.FashionData.of("sample", "sample", train, test)
    if not data.verified:
        found, wanted = data.fingerprint, fashion.KNOWN_FINGERPRINTS["sample"]
        raise DataError(f"The sample in {folder} is not as it was made: its fingerprint is {found}, not {wanted}.")
    return data


def _read_sheet(path: Path) -> "Images":
    import torch

    from playground.core.classes import CLASSES, SIDE
    from playground.core.fashion import Images

    each = _SIZES[path.name]
    down = CLASSES * each // _ACROSS
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            if (picture.mode, picture.size) != ("L", (_ACROSS * SIDE, down * SIDE)):
                raise DataError(f"{path} is not a sheet of {each} images of each class.")
            sheet = np.array(picture)
    except (OSError, SyntaxError) as error:  # Pillow calls a broken PNG a SyntaxError
        raise DataError(f"{path} cannot be read: {error}.") from None
    tiles = sheet.reshape(down, SIDE, _ACROSS, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    labels = torch.arange(CLASSES).repeat_interleave(each)
    return Images(torch.from_numpy(np.ascontiguousarray(tiles)), labels)


def choose_sample(full: "FashionData") -> tuple["Images", "Images"]:
    """Choose training and test images from the full set, class after class.

    Of each class the first 50 training images, which the full set holds out, and the 550 after the first 500,
    which it trains on: so the sample, split, lies inside the full set, split. And the first 100 test images.
    """
    import torch

    in_train = torch.cat([torch.arange(50), torch.arange(500, 1050)])
    in_test = torch.arange(100)
    return _each_class(full.train, in_train), _each_class(full.test, in_test)


def stands_in_for(fingerprint: str, choice: "DataChoice") -> bool:
    """Whether the sample can judge what was trained on the images of this fingerprint: on the full set, split.

    Its held-out and test images are held-out and test images there too, so that no such run has learned from one;
    but for runs that hold another fold out than the first of twelve.
    """
    from playground.core.experiment import HELD_OUT
    from playground.core.fashion import KNOWN_FINGERPRINTS  # imports torch

    usual = choice.validation != "held-out" or (choice.fold, choice.folds) == (1, HELD_OUT)
    return usual and fingerprint == KNOWN_FINGERPRINTS["full"]


def _each_class(images: "Images", ranks: "torch.Tensor") -> "Images":
    import torch

    from playground.core.classes import CLASSES

    chosen = [torch.nonzero(images.labels == number).flatten()[ranks] for number in range(CLASSES)]
    return images.take(torch.cat(chosen))


def write_sheet(images: "Images", path: Path) -> None:
    """Write images, class after class, as one PNG."""
    tiles = images.pixels.numpy()
    side = tiles.shape[1]
    sheet = tiles.reshape(-1, _ACROSS, side, side).swapaxes(1, 2).reshape(-1, _ACROSS * side)
    Image.fromarray(sheet).save(path, optimize=True)


def make_sample(originals: Path, folder: Path = DATA_FOLDER) -> None:
    """Make both sheets anew from the four published files."""
    full = read_full(originals, "local", lambda *_: None)
    for images, sheet in zip(choose_sample(full), (TRAIN_SHEET, TEST_SHEET), strict=True):
        write_sheet(images, folder / sheet)


if __name__ == "__main__":
    make_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else DEBIAN_FOLDER)
