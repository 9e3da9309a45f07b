"""An image of the data set that lies under the canvas, to be painted over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.app.shared.picture import Picture, in_form
from playground.app.shared.session import Session

if TYPE_CHECKING:
    pass


def on_bench(tab: Session, image: NDArray[np.uint8]) -> Picture:
    """The image under the canvas as it stands now."""
    return in_form(f"{tab.bench_name}, painted over", image)


def lay_beneath(tab: Session, image: NDArray[np.uint8] | None) -> None:
    """Put an image of the data set, uint8 [28, 28], under an empty canvas; None takes it away."""
    tab.bench, tab.bench_number = image, tab.bench_number + 1
    tab.drawing = tab.kept_drawing = None
    tab.drawing_fingerprint = ""
