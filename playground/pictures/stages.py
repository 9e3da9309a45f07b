"""The stages of the preparation of a picture, in their order: what each finds, does and says."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from playground.data.classes import SIDE
from playground.errors import PictureError
from playground.pictures.backdrop import without_plate
from playground.pictures.background import (
    LEAST_CONTRAST,
    Floats,
    Foreground,
    Pixels,
    against_background,
    laid_on,
    rim_of,
)
from playground.pictures.contact_sheets import one_of_a_sheet
from playground.pictures.crop import Box, centred, crop_sentence, cropped, extent
from playground.pictures.frames import without_frames
from playground.pictures.levels import brought_out, lighter, refuse_wrapped
from playground.pictures.masks import Mask
from playground.pictures.shadow import without_shadow
from playground.pictures.strokes import is_of_one_shade, thickest_of, with_cloth, with_seams
from playground.pictures.subject import one_of_several

_SHOWN_SIDE = 320  # pictures of steps are no larger than this
_SPECK = 0.01  # share of the largest piece's ink below which a piece does not count for the crop
_FAINT = 0.03  # share of the strongest ink where the garment begins: below it lies the ringing of JPEG
_COMMON = 0.65  # of full light: the shade of much cloth in the data

_REMEDY = "draw a garment, or choose a picture in which it stands out from the background."

FRAME, SHEET, LIGHTER, FAINT = "Frame taken away", "One of a sheet taken", "Made lighter", "Brought out"
PLATE, SHADOW, ONE, SEAMS = "Plate taken away", "Shadow taken away", "One taken", "Seams shaded"
FILLED, THICKENED, FULL_RANGE, GREYED = "Outline filled", "Lines thickened", "Full range", "Made grey"
TOLD = (FRAME, SHEET, LIGHTER, FAINT, ONE)
"""The steps that take a part of the picture, or bring something out: their sentences are notes, too."""


@dataclass(frozen=True)
class Step:
    """One thing done to the picture: its name, a sentence on what was found and done, the picture after it.

    `image` is uint8, grey [H, W] or RGB [H, W, 3], at most 320 pixels a side.
    """

    name: str
    explanation: str
    image: Pixels


_NONE: Floats = np.zeros((0, 0), dtype=np.float32)
_EMPTY: Pixels = np.zeros((0, 0), dtype=np.uint8)
_NOWHERE: Mask = np.zeros((0, 0), dtype=np.bool_)
_NOT_FOUND = Foreground(_NONE, _NONE, _NONE, _NOWHERE, "")
_NO_BOX = Box(0.0, 0.0, 0.0, 0.0)


class Work(NamedTuple):
    """A picture on its way, between two stages. What a later stage finds is empty before it.

    Attributes:
        steps: What was done so far; `notes`, what was done to the picture before it came here.
        rgb, alpha: The picture, uint8 [H, W, 3] and its opacity [H, W].
        found: How it stands out from its background.
        light: `found` without shadows, where a stage found that on its way.
        ink: Where anything is [H, W]; empty again where `found` has changed since.
        specks: How many specks outside the large pieces were not counted.
        density: What is left of `found.density`: one thing, cropped; `box` says where in it.
        is_drawing: Whether it has one shade.
        thickest: Pixels across its thickest line.
        small: The garment at 28x28, grey levels.
        pixels: The same as it goes into a network, uint8 [28, 28].
        is_done: Whether nothing is to be done any more.
    """

    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    rgb: Pixels
    alpha: Pixels
    found: Foreground = _NOT_FOUND
    light: Foreground | None = None
    ink: Mask = _NOWHERE
    specks: int = 0
    density: Floats = _NONE
    box: Box = _NO_BOX
    is_drawing: bool = False
    thickest: float = 0.0
    small: Floats = _NONE
    pixels: Pixels = _EMPTY
    is_done: bool = False

    def went_through(self, name: str) -> bool:
        """Whether the step of this name was done."""
        return any(step.name == name for step in self.steps)

    def after(self, name: str, explanation: str, picture: NDArray[Any], **changes: Any) -> "Work":
        """The work after a step that left this picture behind: uint8, or grey levels."""
        shown = _shown(picture if picture.dtype == np.uint8 else grey(picture))
        return self._replace(steps=(*self.steps, Step(name, explanation, shown)), **changes)


@dataclass(frozen=True)
class Stage:
    """One stage: None where it has nothing to do. One with a name in `OPTIONAL` can be left out."""

    run: Callable[[Work], Work | None]
    name: str = ""


def begin(picture: Pixels, notes: Collection[str]) -> Work:
    """A picture as it came; ValueError for an array of another shape or type."""
    rgb, alpha = _channels(picture)
    height, width = alpha.shape
    came = " ".join([f"The picture as it came: {width} × {height} pixels.", *notes])
    return Work((Step("Picture", came, _shown(picture)),), tuple(notes), rgb, alpha)


def _without_frame(work: Work) -> Work | None:
    return _part(work, FRAME, without_frames)


def _one_of_sheet(work: Work) -> Work | None:
    return _part(work, SHEET, one_of_a_sheet)


def _part(work: Work, name: str, look: Callable[[Pixels, Pixels], Any]) -> Work | None:
    """That part of the picture which is to be looked at."""
    if work.alpha.shape == (SIDE, SIDE) or (found := look(work.rgb, work.alpha)) is None:
        return None
    rgb, alpha = work.rgb[found.area], work.alpha[found.area]
    return work.after(name, found.explanation, rgb, rgb=rgb, alpha=alpha)


def _refused(work: Work) -> None:
    refuse_wrapped(work.rgb, work.alpha)


def _lighter(work: Work) -> Work | None:
    light = lighter(work.rgb, work.alpha)
    return None if light is None else work.after(LIGHTER, light.explanation, light.rgb, rgb=light.rgb)


def _as_it_is(work: Work) -> Work | None:
    """A picture in the data's form is done."""
    if not _in_form(work.rgb, work.alpha):
        return None
    pixels = np.ascontiguousarray(work.rgb[:, :, 0])
    explanation = "The picture is 28 × 28, grey and light on black: it was left alone."
    done = work.after("As it is", explanation, pixels, pixels=pixels, is_done=True)
    return done if work.notes or work.steps[1:] else done._replace(steps=done.steps[1:])


def _background(work: Work) -> Work:
    found = against_background(work.rgb, work.alpha)
    return work.after("Background taken away", found.explanation, found.density, found=found)


def _brought_out(work: Work) -> Work | None:
    clear = brought_out(work.found)
    return None if clear is None else work.after(FAINT, clear.explanation, clear.density, found=clear)


def _outlined(work: Work) -> Work | None:
    """The large pieces of what stands out; PictureError where nothing does."""
    if work.ink.size:
        return None
    ink, specks = _ink(work.found.density, work.rgb)
    return work._replace(ink=ink, specks=specks)


def _without_plate(work: Work) -> Work | None:
    bare = None if work.went_through(FAINT) else without_plate(work.rgb, work.alpha, work.ink)
    if bare is None:
        return None
    found, light = bare
    return work.after(PLATE, found.explanation, found.density, found=found, light=light, ink=_NOWHERE)


def _without_shadow(work: Work) -> Work | None:
    if work.went_through(FAINT):  # out of grain: nothing else is taken away
        return None
    light = work.light if work.went_through(PLATE) else without_shadow(work.found)
    return (
        None if light is None else work.after(SHADOW, light.explanation, light.density, found=light, ink=_NOWHERE)
    )


def _one(work: Work) -> Work | None:
    taken = one_of_several(work.found.density, work.ink)
    if taken is None:
        return None
    ink, explanation = taken
    density = np.where(ink, work.found.density, np.float32(0))
    return work.after(ONE, explanation, density, found=work.found._replace(density=density), ink=ink)


def _crop(work: Work) -> Work:
    density = work.found.density
    box = extent(np.where(work.ink, density, np.float32(0)))
    explanation = crop_sentence(box, density, work.specks)
    density, box = cropped(density, box)
    drawing, thickest = is_of_one_shade(density), thickest_of(density)
    return work.after(
        "Cropped", explanation, density, density=density, box=box, is_drawing=drawing, thickest=thickest
    )


def _seams(work: Work) -> Work | None:
    joined = with_seams(work.density, work.box.cell, work.thickest) if work.is_drawing else None
    if joined is None:
        return None
    explanation = (
        "It is a drawing in one shade whose seams are gaps; in the data seams are shades, so they were shaded."
    )
    return work.after(SEAMS, explanation, joined, density=joined)


def _filled(work: Work) -> Work | None:
    filled = with_cloth(work.density, work.box.cell, work.thickest)
    if filled is None:
        return None
    explanation = "It is drawn in lines around empty cloth; the data show cloth, so what they enclose was filled."
    return work.after(FILLED, explanation, filled, density=filled, is_drawing=False, thickest=thickest_of(filled))


def _thickened(work: Work) -> Work | None:
    if work.thickest >= work.box.cell:
        return None
    density = ndimage.maximum_filter(work.density, size=max(1, round(work.box.cell)))
    explanation = "The lines are thinner than one of the 28 pixels, so they were drawn thicker."
    return work.after(THICKENED, explanation, density, density=density)


def _small(work: Work) -> Work:
    small, explanation = centred(work.density, work.box)
    return work.after("28 × 28", explanation, small, small=small, pixels=grey(small))


def _full_range(work: Work) -> Work:
    strongest = float(work.small.max())
    small = work.small * (255.0 / strongest)
    return work.after(FULL_RANGE, _range_sentence(strongest), small, small=small, pixels=grey(small))


def _greyed(work: Work) -> Work | None:
    if not work.is_drawing:
        return None
    pixels = grey(work.small * _COMMON)
    explanation = "It is a drawing in one shade; cloth in the data is seldom white, so it was made grey."
    return work.after(GREYED, explanation, pixels, pixels=pixels)


STAGES = (
    Stage(_without_frame, FRAME),
    Stage(_one_of_sheet, SHEET),
    Stage(_refused),
    Stage(_lighter, LIGHTER),
    Stage(_as_it_is),
    Stage(_background),
    Stage(_brought_out, FAINT),
    Stage(_outlined),
    Stage(_without_plate, PLATE),
    Stage(_without_shadow, SHADOW),
    Stage(_outlined),
    Stage(_one, ONE),
    Stage(_crop),
    Stage(_seams, SEAMS),
    Stage(_filled, FILLED),
    Stage(_thickened, THICKENED),
    Stage(_small),
    Stage(_full_range, FULL_RANGE),
    Stage(_greyed, GREYED),
)
OPTIONAL = tuple(stage.name for stage in STAGES if stage.name)
"""The steps that can be left out: without them the picture may look less like the data, or show nothing at all."""


def _range_sentence(strongest: float) -> str:
    """What scaling to the full range did: evened out light may have made a pixel lighter than white."""
    had = f"{strongest:.0f} of 255" if strongest < 255.5 else "more than 255"
    return f"The lightest pixel had {had}; all were scaled until it had 255, as in the data."


def _channels(picture: Pixels) -> tuple[Pixels, Pixels]:
    """RGB [H, W, 3] and alpha [H, W] of a picture in any of the three forms."""
    shape = picture.shape
    if picture.dtype != np.uint8 or picture.size == 0 or not (len(shape) == 2 or shape[2:] in ((3,), (4,))):
        raise ValueError(f"a picture is uint8 [H, W], [H, W, 3] or [H, W, 4], not {picture.dtype} {list(shape)}")
    if picture.ndim == 2:
        picture = np.repeat(picture[:, :, None], 3, axis=2)
    alpha = picture[:, :, 3] if picture.shape[2] == 4 else np.full(shape[:2], 255, dtype=np.uint8)
    return picture[:, :, :3], alpha


def _in_form(rgb: Pixels, alpha: Pixels) -> bool:
    """Whether this is 28x28, opaque, grey, and black rather than white around the rim.

    Every one of the 70,000 images has more rim pixels at 8 or below than at 247 or above, also where the
    garment fills the frame.
    """
    if alpha.shape != (SIDE, SIDE) or alpha.min() < 255 or np.ptp(rgb, axis=2).max() > 8:
        return False
    rim = rgb[rim_of(SIDE, SIDE, 1)]
    return bool(np.ptp(rgb) >= LEAST_CONTRAST and (rim <= 8).sum() > (rim >= 247).sum())


def _ink(density: Floats, rgb: Pixels) -> tuple[Mask, int]:
    """Where anything is, [H, W], and how many specks outside the large pieces were not counted.

    `rgb` is the picture, for the sentence that refuses one in which nothing stands out.
    """
    strongest = float(density.max())
    if strongest < LEAST_CONTRAST:
        raise PictureError(f"{_nothing(strongest, rgb)}: {_REMEDY}")
    pieces, count = ndimage.label(density > max(1.5, _FAINT * strongest), np.ones((3, 3)))
    ink = ndimage.sum_labels(density, pieces, np.arange(1, count + 1))
    large = ink >= _SPECK * ink.max()
    return np.asarray(np.concatenate([[False], large])[pieces]), int(count - large.sum())


def _nothing(strongest: float, rgb: Pixels) -> str:
    """What was found in a picture in which nothing stands out."""
    low, high = int(rgb.min()), int(rgb.max())
    if np.ptp(rgb, axis=(0, 1)).max() == 0:
        return "There is nothing in the picture but one even colour"
    return (
        f"Nothing in the picture stands out from its background: its values lie between {low} and {high} of 255, "
        f"and beyond grain and uneven light the contrast is {strongest:.0f}, where {LEAST_CONTRAST:.0f} are needed"
    )


def grey(levels: Floats) -> Pixels:
    """Grey levels as uint8."""
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _shown(picture: Pixels) -> Pixels:
    """A copy that a step can keep: at most 320 pixels a side, transparent parts on mid-grey."""
    if picture.ndim == 3:
        picture = grey(laid_on(*_channels(picture), 128.0))
    copy = Image.fromarray(picture)
    copy.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE), Image.Resampling.BOX)
    return np.asarray(copy)
