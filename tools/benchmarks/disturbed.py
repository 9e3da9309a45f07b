"""How a run reads test images that were put on paper and disturbed, beside the test images as they are.

    python -m tools.benchmarks.disturbed RUN [IMAGES]

Prints a table in Markdown: accuracy for each disturbance alone, and for all of them together.
"""

import sys
from dataclasses import replace

import numpy as np
from PIL import Image

from tools.benchmarks.disturb import Page, as_jpeg, on_paper

SMALL = (0.1, 0.1)
SHARP = Image.Resampling.NEAREST
Case = tuple[Page, float, int | None]  # page, how often ink and paper change places, JPEG quality
CASES: dict[str, Case] = {
    "on light paper, dark ink": (Page(margin=SMALL), 0.0, None),
    "either polarity": (Page(margin=SMALL), 0.5, None),
    "margins up to 40 %, anywhere": (Page(margin=(0.0, 0.4)), 0.0, None),
    "JPEG, quality 60": (Page(margin=SMALL), 0.0, 60),
    "turned by up to 10 degrees": (Page(margin=SMALL, rotation=10), 0.0, None),
    "uneven light, up to 30 % less": (Page(margin=SMALL, gradient=0.3), 0.0, None),
    "a soft shadow, 40 % less light": (Page(margin=SMALL, shadow=0.4), 0.0, None),
    "the same, of a garment with sharp edges": (Page(margin=SMALL, shadow=0.4, resample=SHARP), 0.0, None),
    "all but the light": (Page(margin=(0.0, 0.4), rotation=10), 0.5, 60),
    "all together": (Page(margin=(0.0, 0.4), rotation=10, gradient=0.3), 0.5, 60),
}


def page_of(image: np.ndarray, rng: np.random.Generator, case: Case) -> np.ndarray:
    """An image, uint8 [28, 28], as a picture that was disturbed."""
    page, swapped, quality = case
    picture = on_paper(image, rng, replace(page, light_on_dark=bool(rng.random() < swapped)))
    return picture if quality is None else as_jpeg(picture, quality)


def main(run: str, count: int) -> None:
    from playground.errors import PictureError
    from playground.pictures.prepare import prepare
    from tools.benchmarks.asking import asked

    test = asked(run, count)

    def accuracy(pixels: np.ndarray) -> float:
        return float((test.said(pixels) == test.labels).double().mean())

    print(f"| {test.run.name}, n = {count} | accuracy | points lost | refused |\n| --- | ---: | ---: | ---: |")
    whole = accuracy(test.pixels)
    print(f"| as they are | {whole:.2%} | - | - |")
    for name, case in CASES.items():
        rng, refused = np.random.default_rng(1), 0
        prepared = np.zeros((count, 28, 28), np.uint8)
        for position, image in enumerate(test.pixels):
            try:
                prepared[position] = prepare(page_of(image, rng, case)).pixels
            except PictureError:
                refused += 1
        found = accuracy(prepared)
        print(f"| {name} | {found:.2%} | {100 * (whole - found):+.2f} | {refused} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
