"""Garments of the data set as a person might hand them in: drawn, printed or photographed somewhere on a page.

Pure: every choice comes from the generator that is passed in, so the same seed gives the same pictures.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

PAPERS = ((255, 255, 255), (250, 243, 224), (216, 228, 240))  # white, cream, light blue
INKS = ((0, 0, 0), (20, 30, 80), (62, 39, 35))  # black, navy, dark brown


@dataclass(frozen=True)
class Page:
    """How a garment is put on paper.

    `side` is the page's side in pixels; `margin` the smallest and largest share of the side that is left
    free (the garment then lies anywhere on the page, also against its edge); `rotation` the largest angle
    in degrees either way; `gradient` the share of light lost from one edge to the opposite one, in any
    direction; `shadow` the share of light that is lost where the garment's own soft shadow, beside and below
    it, is darkest; `light_on_dark` swaps paper and ink; `noise` is a standard deviation in grey levels.
    """

    side: int = 320
    margin: tuple[float, float] = (0.1, 0.5)
    rotation: float = 0.0
    gradient: float = 0.0
    shadow: float = 0.0
    light_on_dark: bool = False
    noise: float = 0.0
    resample: Image.Resampling = Image.Resampling.BICUBIC


PLAIN = Page()


def on_paper(pixels: NDArray[np.uint8], rng: np.random.Generator, page: Page = PLAIN) -> NDArray[np.uint8]:
    """The garment (28x28, light on black) as ink of that density on paper: RGB [side, side, 3]."""
    return _printed(_cover(pixels, rng, page), rng, page)


def in_a_row(
    garments: Sequence[NDArray[np.uint8]], rng: np.random.Generator, page: Page = PLAIN
) -> NDArray[np.uint8]:
    """Several garments next to each other on one paper, as ink: RGB [side, n * side, 3]."""
    return _printed(np.concatenate([_cover(each, rng, page) for each in garments], axis=1), rng, page)


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def _printed(cover: NDArray[np.float64], rng: np.random.Generator, page: Page) -> NDArray[np.uint8]:
    """Ink of one colour, where it covers the paper by so much [h, w]: RGB [h, w, 3]."""
    cover = cover[:, :, None]
    paper = np.array(PAPERS[rng.integers(len(PAPERS))], dtype=np.float64)
    ink = np.array(INKS[rng.integers(len(INKS))], dtype=np.float64)
    if page.light_on_dark:
        paper, ink = ink, paper
    picture = paper * (1 - cover) * _shade(rng, page, cover) + ink * cover
    picture *= _light(rng, page, *cover.shape[:2])[:, :, None]
    if page.noise:
        picture += rng.normal(0.0, page.noise, picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def transparent(pixels: NDArray[np.uint8], rng: np.random.Generator, page: Page = PLAIN) -> NDArray[np.uint8]:
    """The garment as ink of that opacity on nothing at all: RGBA [side, side, 4], straight alpha."""
    cover = _cover(pixels, rng, page)
    ink = INKS[rng.integers(len(INKS))]
    picture = np.empty((page.side, page.side, 4), dtype=np.uint8)
    picture[:, :, :3] = PAPERS[0] if page.light_on_dark else ink
    picture[:, :, 3] = np.rint(cover * 255)
    return picture


def as_jpeg(picture: NDArray[np.uint8], quality: int = 60) -> NDArray[np.uint8]:
    """An RGB picture [H, W, 3] after a trip through a JPEG file of that quality."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def _cover(pixels: NDArray[np.uint8], rng: np.random.Generator, page: Page) -> NDArray[np.float64]:
    """The share of paper hidden by ink, 0 to 1, [side, side]."""
    size = max(1, round(page.side * (1 - rng.uniform(*page.margin))))
    garment = Image.fromarray(pixels).resize((size, size), page.resample)
    if page.rotation:
        angle = rng.uniform(-page.rotation, page.rotation)
        garment = garment.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    room = np.maximum(page.side - np.array(garment.size), 0)
    left, top = (int(rng.integers(free + 1)) for free in room)
    sheet = Image.new("L", (page.side, page.side))
    sheet.paste(garment, (left, top))
    return np.asarray(sheet, dtype=np.float64) / 255


def _light(rng: np.random.Generator, page: Page, height: int, width: int) -> NDArray[np.float64]:
    """How much of the light arrives, 1 - gradient to 1, [height, width]."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width] / max(page.side - 1, 1)
    along = x * np.cos(angle) + y * np.sin(angle)
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-9)
    return np.asarray(1 - page.gradient * along)


def _shade(rng: np.random.Generator, page: Page, cover: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """How much of the light arrives beside a garment that covers the paper, [h, w, 1].

    Its shadow is soft, lies to one side and below, by up to a twentieth of the page, and not on the garment.
    """
    if not page.shadow:
        return 1.0
    right, down = rng.uniform(-0.05, 0.05), rng.uniform(0.01, 0.05)
    blur = rng.uniform(0.012, 0.03)
    garment = ndimage.binary_fill_holes(cover[:, :, 0] > 0.03)
    cast = ndimage.shift(garment, np.array([down, right]) * page.side, float, order=1)
    return 1 - page.shadow * (ndimage.gaussian_filter(cast, blur * page.side) * ~garment)[:, :, None]
