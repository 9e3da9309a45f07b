"""Pictures that are asked about, as values: what came, what was made of it, and what it is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from playground.errors import PictureError

if TYPE_CHECKING:
    from playground.pictures.prepare import PreparedPicture


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture on its way into a network.

    Attributes:
        name: What it is, for the person.
        source: As it came: uint8 grey [H, W], RGB or RGBA [H, W, 3 or 4]; None if it could not be read.
        prepared: As the network sees it, with every step; None if it could not be prepared.
        complaint: Why it could not.
        truth: Its class, where that is known.
        without: Steps of the preparation that were left out.
        notes: What was done to it before it was prepared.
    """

    name: str
    source: NDArray[np.uint8] | None
    prepared: PreparedPicture | None
    complaint: str = ""
    truth: str | None = None
    without: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @cached_property
    def each_way(self) -> Mapping[str, Picture | None]:
        """The same without one more of its steps, by the step's name; None where nothing would be left then."""
        from playground.pictures.prepare import prepare_each_way

        if self.source is None:
            return {}
        ways = prepare_each_way(self.source, self.without, self.notes)
        return {
            step: None if way is None else replace(self, prepared=way, without=self.without | {step})
            for step, way in ways.items()
        }

    def leaving_out(self, steps: Collection[str]) -> Picture:
        """The same without these steps and no others; this one where nothing would be left then."""
        from playground.pictures.prepare import prepare

        if self.source is None or frozenset(steps) == self.without:
            return self
        try:
            return replace(self, prepared=prepare(self.source, steps, self.notes), without=frozenset(steps))
        except PictureError:
            return self


@dataclass(frozen=True, eq=False)
class UploadedPicture:
    """A picture of the album: the number that the uploader gave its file, and what became of it.

    Its steps and its source are not kept: of 300 photos they would take a gigabyte. `look_at` reads it again.

    Attributes:
        pixels: As a network sees it, uint8 [28, 28]; None if it could not be read.
        complaint: Why it could not.
    """

    file_id: str
    name: str
    pixels: NDArray[np.uint8] | None
    complaint: str = ""


def in_form(name: str, image: NDArray[np.uint8], truth: str | None = None) -> Picture:
    """An image that is in the data's form already, uint8 [28, 28], so that nothing is prepared."""
    from playground.pictures.prepare import PreparedPicture

    return Picture(name, image, PreparedPicture(image, ()), truth=truth)


@dataclass(frozen=True, eq=False)
class NamedImage:
    """The image that is looked at: uint8 [28, 28], what it is called, and its class where that is known."""

    pixels: Tensor
    name: str
    truth: str | None
