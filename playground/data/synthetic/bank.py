"""Drawn garments of every class, made once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.data.synthetic.bags import bag
from playground.data.synthetic.buttoned import coat, shirt
from playground.data.synthetic.lower import dress, trouser
from playground.data.synthetic.render import render
from playground.data.synthetic.sandals import sandal
from playground.data.synthetic.sheet import Sheet
from playground.data.synthetic.shoes import boot, sneaker
from playground.data.synthetic.tops import pullover, t_shirt

DRAWN: tuple[Callable[[Sheet], None], ...] = (
    t_shirt,
    trouser,
    pullover,
    dress,
    coat,
    sandal,
    shirt,
    sneaker,
    bag,
    boot,
)
"""By the number of the class."""

EACH = 500
"""Garments of each class among which a training chooses: they are turned, shifted and sketched as images are."""


def drawn_garments(each: int, seed: int = 0) -> NDArray[np.uint8]:
    """So many garments of each class, uint8 [10, each, 28, 28], light on black.

    The same for the same seed, with the same releases of NumPy and Pillow; fewer are the first of more.
    """
    chances = [np.random.default_rng([seed, label]) for label in range(len(DRAWN))]
    return np.stack([[_garment(*kind) for _ in range(each)] for kind in zip(DRAWN, chances, strict=True)])


def _garment(draw: Callable[[Sheet], None], rng: np.random.Generator) -> NDArray[np.uint8]:
    sheet = Sheet(rng)
    draw(sheet)
    return render(sheet)
