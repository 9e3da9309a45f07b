"""A drawing or a photo of a garment, turned into what the data set would have made of it.

Fashion-MNIST was made from shop pictures on white: trimmed, longest side subsampled to 28 pixels, sharpened,
put in the middle, turned negative and grey (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, section 2).
Other pictures have other papers, inks and lights. Here grey comes from how far a pixel's colour is from the
background's: so a garment of one ink keeps its own shades on any paper, in either polarity.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from playground.data.classes import SIDE
from playground.errors import PictureError
from playground.pictures.backdrop import without_plate
from playground.pictures.background import LEAST_CONTRAST, Floats, Pixels, against_background, laid_on, rim_of
from playground.pictures.contact_sheets import one_of_a_sheet
from playground.pictures.frames import without_frames
from playground.pictures.levels import brought_out, lighter, refuse_wrapped
from playground.pictures.masks import Mask
from playground.pictures.shadow import without_shadow
from playground.pictures.strokes import is_of_one_shade, thickest_of, with_cloth, with_seams
from playground.pictures.subject import one_of_several

_SHOWN_SIDE = 320  # pictures of steps are no larger than this
_SPECK = 0.01  # share of the largest piece's ink below which a piece does not count for the crop
_FAINT = 0.03  # share of the strongest ink where the garment begins: below it lies the ringing of JPEG

_REMEDY = "draw a garment, or choose a picture in which it stands out from the background."

FRAME, SHEET, LIGHTER, FAINT = "Frame taken away", "One of a sheet taken", "Made lighter", "Brought out"
PLATE, SHADOW, ONE, SEAMS = "Plate taken away", "Shadow taken away", "One taken", "Seams shaded"
FILLED, THICKENED, FULL_RANGE, GREYED = "Outline filled", "Lines thickened", "Full range", "Made grey"
OPTIONAL = (FRAME, SHEET, LIGHTER, FAINT, PLATE, SHADOW, ONE, SEAMS, FILLED, THICKENED, FULL_RANGE, GREYED)
"""The steps that can be left out: without them the picture may look less like the data, or show nothing at all."""
_TOLD = (FRAME, SHEET, LIGHTER, FAINT, ONE)

_COMMON = 0.65  # of full light: the shade of much cloth in the data


@dataclass(frozen=True)
class Step:
    """One thing done to the picture: its name, a sentence on what was found and done, the picture after it.

    `image` is uint8, grey [H, W] or RGB [H, W, 3], at most 320 pixels a side.
    """

    name: str
    explanation: str
    image: Pixels


@dataclass(frozen=True)
class PreparedPicture:
    """`pixels` is uint8 [28, 28], the garment light on black; `steps` tell how it came about, in order.

    `notes` are sentences on what was taken of what came, for who does not look at the steps.
    """

    pixels: Pixels
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


class _Box(NamedTuple):
    """Edges in pixels, with fractions: a blurred edge lies where half of its height is reached."""

    top: float
    left: float
    bottom: float
    right: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def cell(self) -> float:
        """The side of that square of the picture which becomes one of the 28 pixels."""
        return max(self.height, self.width) / SIDE


def prepare(picture: Pixels, without: Collection[str] = (), notes: Collection[str] = ()) -> PreparedPicture:
    """The garment in `picture` as 28x28 grey pixels, light on black, like an image of the data set.

    `picture` is uint8: RGBA [H, W, 4] with straight alpha, RGB [H, W, 3] or grey [H, W]. A picture that is
    in the data set's form already comes back unchanged. `without` names steps of `OPTIONAL` to leave out;
    `notes` says what was done to the picture before. Raises PictureError when nothing stands out from the
    background, and ValueError for an array of another shape or type.
    """
    rgb, alpha = _channels(picture)
    height, width = alpha.shape
    came = " ".join([f"The picture as it came: {width} × {height} pixels.", *notes])
    steps = [Step("Picture", came, _shown(picture))]
    rgb, alpha = _within(rgb, alpha, without, steps)
    if _in_form(rgb, alpha):
        grey = np.ascontiguousarray(rgb[:, :, 0])
        left = Step("As it is", "The picture is 28 × 28, grey and light on black: it was left alone.", grey)
        return PreparedPicture(
            grey, (left,) if len(steps) == 1 and not notes else (*steps, left), _told(notes, steps)
        )
    density, ink, specks = _standing_out(rgb, alpha, without, steps)
    if ONE not in without and (taken := one_of_several(density, ink)) is not None:
        ink, explanation = taken
        density = np.where(ink, density, np.float32(0))
        steps.append(Step(ONE, explanation, _shown(_grey(density))))
    box = _extent(np.where(ink, density, np.float32(0)))
    explanation = _crop_sentence(box, density, specks)
    density, box = _cropped(density, box)
    steps.append(Step("Cropped", explanation, _shown(_grey(density))))
    pixels = _small(density, box, without, steps)
    return PreparedPicture(pixels, tuple(steps), _told(notes, steps))


def _told(notes: Collection[str], steps: Collection[Step]) -> tuple[str, ...]:
    """What was done before, and the sentences of those steps that take a part, or bring something out."""
    return (*notes, *(step.explanation for step in steps if step.name in _TOLD))


def _within(rgb: Pixels, alpha: Pixels, without: Collection[str], steps: list[Step]) -> tuple[Pixels, Pixels]:
    """The one picture that is to be looked at: without frames, one of a sheet, and not dark.

    What was done is added to `steps`.
    """
    if alpha.shape != (SIDE, SIDE):
        for name, look in ((FRAME, without_frames), (SHEET, one_of_a_sheet)):
            if name not in without and (found := look(rgb, alpha)) is not None:
                rgb, alpha = rgb[found.area], alpha[found.area]
                steps.append(Step(name, found.explanation, _shown(rgb)))
    refuse_wrapped(rgb, alpha)
    if LIGHTER not in without and (light := lighter(rgb, alpha)) is not None:
        rgb = light.rgb
        steps.append(Step(LIGHTER, light.explanation, _shown(rgb)))
    return rgb, alpha


def _standing_out(
    rgb: Pixels, alpha: Pixels, without: Collection[str], steps: list[Step]
) -> tuple[Floats, Mask, int]:
    """How far each pixel is from the paper and its shadows, in grey levels [h, w], and its `_ink`.

    What was done is added to `steps`.
    """
    found = first = against_background(rgb, alpha)
    steps.append(Step("Background taken away", found.explanation, _shown(_grey(found.density))))
    if FAINT not in without and (clear := brought_out(found)) is not None:
        steps.append(Step(FAINT, clear.explanation, _shown(_grey(clear.density))))
        return clear.density, *_ink(clear.density, rgb)
    ink = _ink(found.density, rgb)
    if PLATE not in without and (bare := without_plate(rgb, alpha, ink[0])) is not None:
        found, lit = bare
        steps.append(Step(PLATE, found.explanation, _shown(_grey(found.density))))
    else:
        lit = without_shadow(found) if SHADOW not in without else None
    if SHADOW not in without and lit is not None:
        found = lit
        steps.append(Step(SHADOW, found.explanation, _shown(_grey(found.density))))
    return found.density, *(ink if found is first else _ink(found.density, rgb))


def _small(density: Floats, box: _Box, without: Collection[str], steps: list[Step]) -> Pixels:
    """What was cropped, at 28x28 and in the data's shades. What was done is added to `steps`."""
    drawing, thickest = is_of_one_shade(density), thickest_of(density)
    if SEAMS not in without and drawing and (joined := with_seams(density, box.cell, thickest)) is not None:
        density = joined
        explanation = (
            "It is a drawing in one shade whose seams are gaps; in the data seams are shades, so they were shaded."
        )
        steps.append(Step(SEAMS, explanation, _shown(_grey(density))))
    if FILLED not in without and (filled := with_cloth(density, box.cell, thickest)) is not None:
        density, drawing, thickest = filled, False, thickest_of(filled)
        explanation = (
            "It is drawn in lines around empty cloth; the data show cloth, so what they enclose was filled."
        )
        steps.append(Step(FILLED, explanation, _shown(_grey(density))))
    if THICKENED not in without and thickest < box.cell:
        density = ndimage.maximum_filter(density, size=max(1, round(box.cell)))
        explanation = "The lines are thinner than one of the 28 pixels, so they were drawn thicker."
        steps.append(Step(THICKENED, explanation, _shown(_grey(density))))
    small, explanation = _centred(density, box)
    pixels = _grey(small)
    steps.append(Step("28 × 28", explanation, pixels))
    if FULL_RANGE not in without:
        strongest = float(small.max())
        small = small * (255.0 / strongest)
        pixels = _grey(small)
        steps.append(Step(FULL_RANGE, _range_sentence(strongest), pixels))
    if GREYED not in without and drawing:
        pixels = _grey(small * _COMMON)
        explanation = "It is a drawing in one shade; cloth in the data is seldom white, so it was made grey."
        steps.append(Step(GREYED, explanation, pixels))
    return pixels


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


def _extent(density: Floats) -> _Box:
    """Where the garment lies, which is all that there is."""
    rows, columns = density.max(axis=1), density.max(axis=0)
    (top, bottom), (left, right) = (np.flatnonzero(line)[[0, -1]] for line in (rows, columns))
    cell = max(bottom - top, right - left) / SIDE
    return _Box(
        top + _edge(rows[top : bottom + 1], cell),
        left + _edge(columns[left : right + 1], cell),
        bottom + 1 - _edge(rows[top : bottom + 1][::-1], cell),
        right + 1 - _edge(columns[left : right + 1][::-1], cell),
    )


def _edge(profile: Floats, cell: float) -> float:
    """How far into `profile`, which begins where ink does, its edge lies.

    A hard edge is at the beginning. A soft one is where half of the height within most of the first
    cell is reached; half a cell off would put every pixel between two of those the garment had.
    """
    if profile[0] >= 0.4 * profile[: max(1, round(cell) // 2 + 1)].max():
        return 0.0
    half = 0.5 * float(profile[: max(1, round(0.7 * cell))].max())
    after = int((profile >= half).argmax())
    rise = float(profile[after] - profile[after - 1])
    return after + 0.5 - (float(profile[after]) - half) / max(rise, 1e-6) if after else 0.0


def _crop_sentence(box: _Box, density: Floats, specks: int) -> str:
    """What the crop found."""
    height, width = density.shape
    sentence = f"The garment takes {box.width:.0f} × {box.height:.0f} of the {width} × {height} pixels; "
    return (
        sentence
        + "the rest was cut off"
        + (f", {specks} specks with it." if specks > 1 else ", a speck with it." if specks else ".")
    )


def _cropped(density: Floats, box: _Box) -> tuple[Floats, _Box]:
    """The pixels in the box and a cell around it, black beyond the picture, and the box in their coordinates."""
    room = int(np.ceil(box.cell)) + 1
    top, left = int(box.top), int(box.left)
    bottom, right = int(np.ceil(box.bottom)), int(np.ceil(box.right))
    inside = np.pad(density[top:bottom, left:right], room)
    return inside, _Box(*(edge + room - start for edge, start in zip(box, (top, left, top, left), strict=True)))


def _centred(density: Floats, box: _Box) -> tuple[Floats, str]:
    """The box with its longest side at 28 pixels in the middle of 28x28, and a sentence.

    Each pixel is the mean of the middle of its cell. The data set was subsampled, one pixel in many; the
    mean over the whole cell, or Lanczos, is visibly softer and costs a network accuracy.
    """
    rows, columns = (max(1, round(side / box.cell)) for side in (box.height, box.width))
    middle, centre = (box.top + box.bottom) / 2, (box.left + box.right) / 2
    halves = rows * box.cell / 2, columns * box.cell / 2
    area = (centre - halves[1], middle - halves[0], centre + halves[1], middle + halves[0])
    fine = Image.fromarray(density).resize((4 * columns, 4 * rows), Image.Resampling.BOX, box=area)
    cells = np.asarray(fine).reshape(rows, 4, columns, 4)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    small = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left = (SIDE - rows + 1) // 2, (SIDE - columns + 1) // 2  # odd ones go above and left, as in the data
    small[top : top + rows, left : left + columns] = cells
    shorter = min(rows, columns)
    return small, f"The longest side became 28 pixels, the other {shorter}, and the garment was put in the middle."


def _grey(levels: Floats) -> Pixels:
    """Grey levels as uint8."""
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _shown(picture: Pixels) -> Pixels:
    """A copy that a step can keep: at most 320 pixels a side, transparent parts on mid-grey."""
    if picture.ndim == 3:
        picture = _grey(laid_on(*_channels(picture), 128.0))
    copy = Image.fromarray(picture)
    copy.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE), Image.Resampling.BOX)
    return np.asarray(copy)
