"""Makes the sample of Fashion-MNIST that comes with the playground again.

    python -m tools.make_sample [FOLDER]

from the four published files in FOLDER, by default those of Debian's package.
"""

import sys
from pathlib import Path

import torch
from PIL import Image

from playground.data.classes import CLASSES
from playground.data.images import FashionData, Images
from playground.data.sources.originals import DEBIAN_FOLDER, read_full
from playground.data.sources.sample import ACROSS, ASSETS, TEST_SHEET, TRAIN_SHEET


def choose_sample(full: FashionData) -> tuple[Images, Images]:
    """Choose training and test images from the full set, class after class.

    Of each class the first 50 training images, which the full set holds out, and the 550 after the first 500,
    which it trains on: so the sample, split, lies inside the full set, split. And the first 100 test images.
    """
    in_train = torch.cat([torch.arange(50), torch.arange(500, 1050)])
    in_test = torch.arange(100)
    return _each_class(full.train, in_train), _each_class(full.test, in_test)


def _each_class(images: Images, ranks: torch.Tensor) -> Images:
    chosen = [torch.nonzero(images.labels == number).flatten()[ranks] for number in range(CLASSES)]
    return images.take(torch.cat(chosen))


def write_sheet(images: Images, path: Path) -> None:
    """Write images, class after class, as one PNG."""
    tiles = images.pixels.numpy()
    side = tiles.shape[1]
    sheet = tiles.reshape(-1, ACROSS, side, side).swapaxes(1, 2).reshape(-1, ACROSS * side)
    Image.fromarray(sheet).save(path, optimize=True)


def make_sample(originals: Path, folder: Path = ASSETS) -> None:
    """Make both sheets anew from the four published files."""
    full = read_full(originals, "local", lambda *_: None)
    for images, sheet in zip(choose_sample(full), (TRAIN_SHEET, TEST_SHEET), strict=True):
        write_sheet(images, folder / sheet)


if __name__ == "__main__":
    make_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else DEBIAN_FOLDER)
