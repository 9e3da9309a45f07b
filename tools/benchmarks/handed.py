"""Pictures as people hand them in, of test images: dark, faint, framed, in a screenshot, many in one, animated.

Pure: every choice comes from the generator that is passed in, so the same seed gives the same pictures.

    python -m tools.benchmarks.handed RUN [IMAGES]

prints a table in Markdown of how a run reads each kind, beside the same garments alone.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.benchmarks.disturb import as_jpeg

Pixels = NDArray[np.uint8]
COLOURS = ((0, 0, 0), (255, 255, 255), (30, 30, 32), (200, 30, 40), (90, 60, 30), (128, 128, 128), (240, 240, 245))
PAPERS = ((255, 255, 255), (236, 232, 222), (245, 245, 245), (216, 228, 240), (250, 250, 250))
INKS = ((0, 0, 0), (20, 30, 80), (62, 39, 35))


def alone(garment: Pixels, rng: np.random.Generator) -> Pixels:
    """A garment, uint8 [28, 28], as ink on paper with a margin: RGB [h, w, 3]."""
    scale = int(rng.integers(7, 14))
    large = Image.fromarray(garment).resize((28 * scale, 28 * scale), Image.Resampling.BICUBIC)
    room = rng.integers(1, 5, 4) * scale
    cover = np.pad(np.asarray(large, float) / 255, ((room[0], room[1]), (room[2], room[3])))[:, :, None]
    paper, ink = PAPERS[rng.integers(len(PAPERS))], INKS[rng.integers(len(INKS))]
    return np.rint(np.array(paper) * (1 - cover) + np.array(ink) * cover).astype(np.uint8)


def in_form(garment: Pixels, rng: np.random.Generator) -> Pixels:
    """The same as it is, light on black, made larger by a whole factor."""
    return np.kron(garment, np.ones((int(rng.integers(1, 12)),) * 2, np.uint8))


def framed(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Within a frame of another colour than its paper's, of 1 to 15 % of its side, sometimes with a mat."""
    for _ in range(1 + (rng.random() < 0.3)):
        thick = np.maximum(1, rng.uniform(0.01, 0.15) * max(picture.shape)).astype(int)
        picture = _on(_other(picture[0, 0], rng), picture, (thick, thick, thick, thick))
    return picture


def letterboxed(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Between two bars of one colour, left and right or above and below."""
    bar = int(rng.uniform(0.05, 0.6) * max(picture.shape))
    sides = (bar, bar, 0, 0) if rng.random() < 0.5 else (0, 0, bar, bar)
    return _on(_other(picture[0, 0], rng), picture, sides)


def screenshot(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """On a phone's screen, light or dark: across all of it, between a status bar, a title, a caption and a bar."""
    width = int(rng.integers(300, 700))
    height = round(width * rng.uniform(1.7, 2.2))
    dark = picture[0, 0].min() > 250 or rng.random() < 0.5
    screen = Image.new("RGB", (width, height), (0, 0, 0) if dark else (255, 255, 255))
    pen, words = ImageDraw.Draw(screen), (255, 255, 255) if dark else (0, 0, 0)
    pen.text((width // 12, 8), "9:41", fill=words)
    pen.rectangle((width * 5 // 6, 10, width * 5 // 6 + 24, 20), fill=words)
    if rng.random() < 0.5:
        pen.line((0, height // 10, width, height // 10), fill=(60, 60, 60) if dark else (220, 220, 220))
        pen.text((width // 2 - 10, height // 14), "IMG_0412", fill=words)
    pen.text((width // 12, height - height // 10), "Sent yesterday", fill=(10, 132, 255))
    pen.rounded_rectangle((width // 3, height - 12, width * 2 // 3, height - 8), 2, fill=words)
    shown = Image.fromarray(picture)
    scale = min(width / shown.width, 0.7 * height / shown.height)
    shown = shown.resize((round(shown.width * scale), round(shown.height * scale)), Image.Resampling.BICUBIC)
    screen.paste(shown, ((width - shown.width) // 2, (height - shown.height) // 2))
    return np.asarray(screen)


def dark(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """With no value above some level from 3 to 60."""
    return np.rint(picture * (rng.integers(3, 61) / 255)).astype(np.uint8)


def faint(garment: Pixels, rng: np.random.Generator) -> Pixels:
    """A garment that differs from its paper, light or dark, by 4 to 20 levels, RGB [h, w, 3]."""
    contrast, paper = rng.uniform(4, 20), rng.choice([255, 250, 128, 20, 0])
    picture = alone(garment, rng).astype(float)
    cover = 1 - picture.mean(axis=2) / picture.mean(axis=2).max()
    way = -1 if paper > 128 else 1
    return np.repeat(np.rint(paper + way * contrast * cover)[:, :, None], 3, axis=2).clip(0, 255).astype(np.uint8)


def grainy(garment: Pixels, rng: np.random.Generator) -> Pixels:
    """The same with grain of 0.5 to 2 levels, once through JPEG."""
    contrast, paper = rng.uniform(8, 20), rng.choice([245, 128, 30])
    cover = 1 - (shades := alone(garment, rng).mean(axis=2)) / shades.max()
    picture = paper + (-1 if paper > 128 else 1) * contrast * cover[:, :, None]
    picture = picture + rng.normal(0, rng.uniform(0.5, 2), (*cover.shape, 3))
    return as_jpeg(np.rint(picture).clip(0, 255).astype(np.uint8), 85)


def sheet(
    garments: Pixels,
    rng: np.random.Generator,
    gap: int,
    light: bool = False,
    page: int = 255,
    rows: int | None = None,
) -> Pixels:
    """Garments, uint8 [n, 28, 28], in rows and columns, with so many pixels of page around each: grey [h, w].

    `light`: dark on white paper; else light on black tiles.
    """
    columns = len(garments) // (rows or round(len(garments) ** 0.5))
    tiles = 255 - garments if light else garments
    scale = int(rng.integers(1, 8))
    tiles = np.stack([np.kron(tile, np.ones((scale, scale), np.uint8)) for tile in tiles])
    tiles = np.pad(tiles, ((0, 0), (gap * scale,) * 2, (gap * scale,) * 2), constant_values=page)
    lines = [np.concatenate(list(tiles[at : at + columns]), axis=1) for at in range(0, len(tiles), columns)]
    return np.concatenate(lines)


def _other(colour: Pixels, rng: np.random.Generator) -> tuple[int, int, int]:
    """Any colour that differs from another."""
    others = [each for each in COLOURS if np.abs(np.subtract(each, colour.astype(int))).max() >= 8]
    return others[rng.integers(len(others))]


def _on(colour: tuple[int, int, int], picture: Pixels, sides: tuple[int, int, int, int]) -> Pixels:
    """A picture with so many pixels of a colour above, below, left and right of it."""
    above, below, left, right = (int(side) for side in sides)
    page = np.empty((picture.shape[0] + above + below, picture.shape[1] + left + right, 3), np.uint8)
    page[:] = colour
    page[above : above + picture.shape[0], left : left + picture.shape[1]] = picture
    return page


@dataclass(frozen=True)
class Kind:
    """One way to hand in a garment, and the step that should be taken."""

    make: Callable[[Pixels, np.random.Generator], Pixels]
    step: str | None


KINDS: dict[str, Kind] = {
    "alone on paper": Kind(alone, None),
    "in a frame": Kind(lambda g, rng: framed(alone(g, rng), rng), "Frame taken away"),
    "in a frame, JPEG": Kind(lambda g, rng: as_jpeg(framed(alone(g, rng), rng), 80), "Frame taken away"),
    "between bars": Kind(lambda g, rng: letterboxed(alone(g, rng), rng), "Frame taken away"),
    "between bars, JPEG": Kind(lambda g, rng: as_jpeg(letterboxed(alone(g, rng), rng), 80), "Frame taken away"),
    "on a screen": Kind(lambda g, rng: screenshot(alone(g, rng), rng), "Frame taken away"),
    "on a screen, JPEG": Kind(lambda g, rng: as_jpeg(screenshot(alone(g, rng), rng), 80), "Frame taken away"),
    "dark, on paper": Kind(lambda g, rng: dark(alone(g, rng), rng), "Made lighter"),
    "dark, light on black": Kind(lambda g, rng: dark(in_form(g, rng), rng), "Made lighter"),
    "faint": Kind(faint, None),
    "faint, with grain": Kind(grainy, None),
}


def main(run: str, count: int) -> None:
    from playground.errors import PictureError
    from playground.pictures.prepare import prepare
    from playground.pictures.stages import FRAME, SHEET
    from tools.benchmarks.asking import asked

    test = asked(run, count)
    print(f"| {test.run.name}, n = {count} | right | its step taken | frame or sheet | refused |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, kind in KINDS.items():
        rng, refused, taken, parts = np.random.default_rng(1), 0, 0, 0
        seen = np.zeros((count, 28, 28), np.uint8)
        for position, garment in enumerate(test.pixels):
            try:
                prepared = prepare(kind.make(garment, rng))
            except PictureError:
                refused += 1
                continue
            names = [step.name for step in prepared.steps]
            taken += kind.step in names
            parts += FRAME in names or SHEET in names
            seen[position] = prepared.pixels
        right = float((test.said(seen) == test.labels).double().mean())
        print(f"| {name} | {right:.1%} | {taken if kind.step else '-'} | {parts} | {refused} |", flush=True)
    for rows, gap, light, page in (
        (n, gap, light, page)
        for n in (2, 3, 5, 8)
        for gap, light, page in ((0, False, 0), (0, True, 255), (2, False, 255), (2, False, 0), (3, True, 255))
    ):
        rng, right, taken = np.random.default_rng(1), 0, 0
        times = max(4, count // 10)
        for _ in range(times):
            chosen = rng.integers(count, size=rows * rows)
            prepared = prepare(sheet(test.pixels[chosen], rng, gap, light, page))
            taken += SHEET in [step.name for step in prepared.steps]
            right += int(test.said(prepared.pixels[None])[0] == test.labels[chosen[0]])
        where = f"{rows} × {rows}, gap {gap}, {'dark on white' if light else 'light on black'}, page {page}"
        print(f"| {where}, n = {times} | {right / times:.0%} | {taken} | | |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200)
