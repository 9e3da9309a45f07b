"""How a run reads pictures of several things, with and without the step that takes one of them.

    python -m tools.benchmarks.several RUN [IMAGES]

Prints a table in Markdown. Test images lie next to each other on paper, each turned by up to five degrees.
Of two different garments either answer counts as right.
"""

import sys
from collections.abc import Callable

import numpy as np
from PIL import Image

from tools.benchmarks.disturb import Page, as_jpeg, in_a_row

PAGE = Page(margin=(0.1, 0.3), rotation=5)
Garment = np.ndarray


def small(garment: Garment) -> Garment:
    """The same at a fifth of its size."""
    page = np.zeros_like(garment)
    page[11:17, 11:17] = np.asarray(Image.fromarray(garment).resize((6, 6)))
    return page


CASES: dict[str, Callable[[Garment, Garment], list[Garment]]] = {
    "one": lambda garment, _: [garment],
    "two of it": lambda garment, _: [garment, garment],
    "two of it, one mirrored": lambda garment, _: [garment, garment[:, ::-1]],
    "three of it": lambda garment, _: [garment] * 3,
    "with something small beside it": lambda garment, other: [garment, small(other)],
    "with another garment beside it": lambda garment, other: [garment, other],
}


def main(run: str, count: int) -> None:
    from playground.pictures.prepare import prepare
    from playground.pictures.stages import ONE
    from tools.benchmarks.asking import asked

    test = asked(run, count)

    def right(case: str, without: tuple[str, ...]) -> tuple[float, int]:
        """The share that is read rightly, and how often one was taken."""
        rng, prepared = np.random.default_rng(1), []
        for position, garment in enumerate(test.pixels):
            things = CASES[case](garment, test.pixels[position - 1])
            prepared.append(prepare(as_jpeg(in_a_row(things, rng, PAGE)), without))
        said = test.said(np.stack([each.pixels for each in prepared]))
        good = said == test.labels
        if case == "with another garment beside it":
            good |= said == test.labels.roll(1)
        return float(good.double().mean()), sum(ONE in [step.name for step in each.steps] for each in prepared)

    print(
        f"| {test.run.name}, n = {count} | all together | one taken | taken from |\n| --- | ---: | ---: | ---: |"
    )
    for case in CASES:
        (before, _), (after, taken) = right(case, (ONE,)), right(case, ())
        print(f"| {case} | {before:.1%} | {after:.1%} | {taken:,} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
