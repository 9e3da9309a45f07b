"""Pictures whose values say little: nearly black ones, wrapped ones, and garments as pale as their paper.

A dark picture is made lighter by one factor, which changes nothing about its light, its shadows or its hues. A
faint garment on any paper is smoothed, if there is grain, and what it differs by is stretched.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from playground.data.classes import SIDE
from playground.errors import PictureError
from playground.pictures.background import LEAST_CONTRAST, Floats, Foreground, Pixels, against_paper, rim_of

_DARK = 64  # of 255: pictures whose highest value is below are made lighter
_DARK_IN_FORM = 200  # the same for 28 × 28 pixels, as every image of the data reaches 254
_NOTHING = 1  # of 255: of a garment whose highest value is that, only an outline is left
_WRAPPED = 3  # levels next to black, and next to white, that numbers around 0 become as bytes

_FAINT = 40.0  # grey levels: what stands out by less may be lost in grain
_LEAST = 2.0  # grey levels: smoothed, less than that is nothing
_OVER_GRAIN = 6.0  # times what is left of the grain, how much a garment stands out
_GRAIN = 0.06  # of what stands out: with more grain a picture is smoothed
_SMOOTHED = 0.3  # of the 28 pixels: how far, so that the garment's edges stay
_STRETCHED = 200.0  # grey levels, to which a faint garment is stretched


class BrightenedPicture(NamedTuple):
    """A picture that was made lighter, RGB [H, W, 3], and a sentence."""

    rgb: Pixels
    explanation: str


def lighter(rgb: Pixels, alpha: Pixels) -> BrightenedPicture | None:
    """A dark picture, RGB [H, W, 3] with opacity [H, W], made lighter; None where it is not dark.

    Raises PictureError where it is so dark that no garment is left.
    """
    highest = int(rgb.max())
    limit = _DARK_IN_FORM if alpha.shape == (SIDE, SIDE) else _DARK
    if highest == 0 or highest >= limit or (alpha < 128).mean() >= 0.05:
        return None
    if highest > _NOTHING and _is_grain(rgb.astype(np.float32)):
        return None
    if highest <= _NOTHING:
        raise PictureError(
            f"The picture is nearly black: its highest value is {highest} of 255. Its values may have been from 0 "
            "to 1 when it was saved; multiply them by 255 first."
        )
    table = np.rint(np.arange(256) * (255.0 / highest)).clip(0, 255).astype(np.uint8)
    return BrightenedPicture(
        table[rgb],
        f"The picture is dark, its highest value {highest} of 255, so all were multiplied to reach 255.",
    )


def refuse_wrapped(rgb: Pixels, alpha: Pixels) -> None:
    """Raise PictureError for numbers around 0, as networks are given, that were stored as bytes: -1 became 255."""
    levels = np.flatnonzero(np.bincount(rgb.reshape(-1), minlength=256))
    low, high = levels[levels < 128], levels[levels >= 128]
    few = low.size and high.size and low[-1] <= _WRAPPED and high[0] >= 255 - _WRAPPED
    if few and levels.size > 2 and np.ptp(rgb, axis=2).max() == 0 and alpha.min() == 255:
        raise PictureError(
            f"The picture has no values but {', '.join(map(str, levels[:-1]))} and {levels[-1]} of 255, as when "
            "numbers around 0, such as -1 to 1, are stored as bytes: save it with values from 0 to 255."
        )


def brought_out(found: Foreground) -> Foreground | None:
    """A faint garment smoothed and stretched; None where it is strong enough, or nothing but grain."""
    strongest = float(found.density.max())
    if strongest >= _FAINT or found.solid.any():
        return None
    reach = _SMOOTHED * max(found.density.shape) / SIDE
    grain = _grain(found.picture, reach)
    if strongest >= LEAST_CONTRAST and grain <= _GRAIN * strongest:
        return None
    smooth = ndimage.gaussian_filter(found.picture, (reach, reach, 0)) if grain else found.picture
    calm = against_paper(smooth)
    contrast = float(calm.density.max())
    rim = calm.density[rim_of(calm.density.shape[0], calm.density.shape[1], max(1, min(calm.density.shape) // 16))]
    rest = grain / max(1.0, 2 * reach)
    if contrast < max(_LEAST, _OVER_GRAIN * rest) or np.median(rim) > 0.2 * contrast:
        return None
    explanation = (
        f"What stands out does so by {contrast:.0f} of 255 grey levels"
        + (f", with grain of {grain:.1f}: it was smoothed and" if grain else ": it was")
        + " stretched."
    )
    return calm._replace(density=calm.density * np.float32(_STRETCHED / contrast), explanation=explanation)


def _is_grain(picture: Floats) -> bool:
    """Whether a dark picture, [H, W, 3], shows nothing but grain; as small as the data's images it never does."""
    reach = _SMOOTHED * max(picture.shape) / SIDE
    grain = _grain(picture, reach) if reach >= 1 else 0.0
    if not grain:
        return False
    smooth = ndimage.gaussian_filter(picture, (reach, reach, 0))
    off = np.abs(smooth - np.median(smooth, axis=(0, 1)))
    return bool(off.max() < _OVER_GRAIN * grain / (2 * reach))


def _grain(picture: Floats, reach: float) -> float:
    """The usual deviation of a pixel from its surroundings, in grey levels; 0 in a clean picture."""
    rest = picture - ndimage.gaussian_filter(picture, (reach, reach, 0))
    grain = 1.5 * float(np.median(np.abs(rest)))
    return grain if grain >= 0.2 else 0.0
