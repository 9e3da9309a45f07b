"""How far each pixel of a picture is from its background: what is left is the garment.

Grey comes from the distance between colours, so a garment of one ink keeps its own shades on any paper, light or
dark, evenly lit or not.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from playground.pictures.masks import Mask

LEAST_CONTRAST = 12.0  # grey levels; nearer than that to the background is no garment
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as in the usual conversion to grey
_OPAQUE = 20.0  # grey levels that what is opaque in a transparent picture differs from paper at least
_SOLID = 240  # of 255: what is less opaque in a transparent picture may be a shadow
_LIGHT_INK = 160.0  # transparent pictures lighter than this would be lost on white paper
_FIT_SIDE = 96  # a background is smooth: a small copy is enough to find it
# From a guess to a fit: tolerance in grey levels, and the number of terms of _surface_terms (plane, then quadric).
_FIT = ((40.0, 3), (28.0, 3), (20.0, 3), (14.0, 3), (10.0, 6), (8.0, 6), (6.0, 6), (6.0, 6))

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Foreground(NamedTuple):
    """A picture as it stands out from its background.

    `density` says how far each pixel is from it, in grey levels [H, W]; `picture` and `paper` are the opaque
    picture and its background, RGB [H, W, 3]; `solid`, where there is cloth for certain [H, W]; `explanation`
    says what was found, and done.
    """

    density: Floats
    picture: Floats
    paper: Floats
    solid: Mask
    explanation: str


def against_background(rgb: Pixels, alpha: Pixels) -> Foreground:
    """What of a picture, RGB [H, W, 3] with opacity [H, W], is not its background."""
    if (alpha < 128).mean() < 0.05:
        return against_paper(laid_on(rgb, alpha, 255.0))
    brightness = float(np.average(rgb @ _LUMA, weights=alpha)) if alpha.any() else 0.0
    paper, name, then = (255.0, "white", "inverted") if brightness < _LIGHT_INK else (0.0, "black", "kept")
    explanation = (
        f"The background is transparent and the garment's mean brightness {brightness:.0f} of 255, "
        f"so it was laid on {name} and its brightness {then}."
    )
    laid = laid_on(rgb, alpha, paper)
    solid = alpha > _SOLID
    density = np.maximum(distance(laid - paper), np.float32(_OPAQUE) * solid)
    return Foreground(density, laid, np.full_like(laid, paper), solid, explanation)


def against_paper(rgb: Floats) -> Foreground:
    """As `against_background`, for an opaque picture [H, W, 3] whose background has to be found first."""
    paper = _background(rgb)
    level = paper @ _LUMA
    difference = rgb - paper
    light = float(level.mean()) >= 128
    if light:  # less light also makes ink and paper less different: the flat-field correction
        difference *= paper.mean(axis=(0, 1)) / np.maximum(paper, 1.0)
    density = distance(difference)
    rim = density[rim_of(density.shape[0], density.shape[1], max(1, min(density.shape) // 16))]
    bare = rim[rim < LEAST_CONTRAST]
    noise = float(np.median(bare)) if bare.size else 0.0
    darker = float((difference @ _LUMA * density).sum()) < 0
    explanation = (
        f"The background is {'light' if light else 'dark'} ({level.mean():.0f} of 255) and the garment "
        f"{'darker, so the picture was inverted' if darker else 'lighter, so its brightness was kept'}."
    )
    if np.ptp(level) >= 6:
        explanation += f" The light is uneven ({level.min():.0f} to {level.max():.0f}) and was evened out."
    return Foreground(
        np.maximum(density - 4 * noise, 0.0), rgb, paper, np.zeros_like(density, dtype=np.bool_), explanation
    )


def _background(rgb: Floats) -> Floats:
    """The colour of the bare background at every pixel, [H, W, 3].

    Begins with the commonest colour around the rim. Where that does not explain the rim (uneven light) a
    plane and then a quadric is fitted to whatever lies near the surface so far, within ever closer limits.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, _FIT_SIDE / max(height, width))
    small = _resized(rgb, max(1, round(height * scale)), max(1, round(width * scale)))
    rim = rim_of(small.shape[0], small.shape[1], max(1, round(0.04 * max(small.shape))))
    flat = commonest(small[rim])
    explained = (distance(small - flat)[rim] < 6).mean()
    terms = _surface_terms(small.shape[0], small.shape[1])
    weights = np.where(rim, 25.0, 1.0)[:, :, None]  # the middle belongs to the garment more likely than not
    slopes = np.zeros((terms.shape[2], 3))
    for tolerance, count in _FIT if explained < 0.95 else ():
        near = distance(small - flat - terms @ slopes) < tolerance
        basis = terms[near][:, :count]
        ridge = np.diag([0.0] + [1e-4 * near.size] * (count - 1))  # no wild slopes from a few pixels
        weighted = (basis * weights[near]).T
        slopes[:count] = np.linalg.lstsq(weighted @ basis + ridge, weighted @ (small[near] - flat), rcond=None)[0]
    if (distance(small - flat - terms @ slopes)[rim] < 6).mean() <= 1.05 * explained:
        slopes[:] = 0.0
    surface = flat + _surface_terms(height, width) @ slopes if slopes.any() else np.full_like(rgb, flat)
    return np.clip(surface, 0.0, 255.0).astype(np.float32)


def commonest(colours: Floats) -> Floats:
    """The commonest colour [3] among `colours` [N, 3]: the median of those near the commonest brightness."""
    luma = colours @ _LUMA
    counts = np.bincount(np.clip(np.rint(luma), 0, 255).astype(np.intp), minlength=256)
    peak = ndimage.gaussian_filter1d(counts.astype(np.float64), 3.0, mode="constant").argmax()
    near = np.abs(luma - peak) <= max(8.0, float(np.abs(luma - peak).min()))
    return np.asarray(np.median(colours[near], axis=0), dtype=np.float32)


def _surface_terms(height: int, width: int) -> NDArray[np.float64]:
    """1, x, y, x², xy, y² at every pixel, x and y from -1 to 1: [height, width, 6]."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)


def _resized(picture: Floats, height: int, width: int) -> Floats:
    """A float picture [H, W, 3] at another size, each pixel the mean of its area."""
    planes = (Image.fromarray(np.ascontiguousarray(picture[:, :, channel])) for channel in range(3))
    smaller = (plane.resize((width, height), Image.Resampling.BOX) for plane in planes)
    return np.stack([np.asarray(plane, dtype=np.float32) for plane in smaller], axis=2)


def rim_of(height: int, width: int, thickness: int) -> Mask:
    """True for the pixels within `thickness` of the edge."""
    rim = np.ones((height, width), dtype=np.bool_)
    rim[thickness : height - thickness, thickness : width - thickness] = False
    return rim


def distance(difference: NDArray[np.floating]) -> Floats:
    """The length of colour differences [..., 3] in grey levels; of greys it is the difference itself."""
    return np.asarray(np.sqrt((difference * difference) @ _LUMA), dtype=np.float32)


def laid_on(rgb: Pixels, alpha: Pixels, paper: float) -> Floats:
    """The picture as it looks on paper of that grey, [H, W, 3]."""
    if alpha.min() == 255:
        return rgb.astype(np.float32)
    cover = alpha[:, :, None].astype(np.float32) / 255.0
    return np.asarray(rgb * cover + paper * (1.0 - cover), dtype=np.float32)
