"""A reported accuracy beside the measured ones, and what can be said of the two."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from playground.metrics.uncertainty import standard_error


def percent(fraction: float | None, digits: int = 2) -> str:
    """A fraction in percent, such as 89.60 %; a dash where there is none."""
    return "-" if fraction is None else f"{100 * fraction:.{digits}f} %"


def digits_of(reported: float) -> int:
    """How many decimals articles give such a percentage: 94.0 % one, 86.04 % two."""
    return 1 if f"{100 * reported:.2f}".endswith("0") else 2


@dataclass(frozen=True)
class Comparison:
    """A reported accuracy beside those measured, one a seed. All are fractions of the same `images` images.

    Attributes:
        reported: None where the article gives no figure.
        words: What it says instead.
    """

    reported: float | None
    measured: tuple[float, ...]
    images: int
    words: str = ""

    @property
    def mean(self) -> float | None:
        """Over the seeds; None where nothing was measured."""
        return statistics.fmean(self.measured) if self.measured else None

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds (n - 1 in the denominator); None for fewer than two."""
        return statistics.stdev(self.measured) if len(self.measured) > 1 else None

    @property
    def standard_error(self) -> float | None:
        """What the choice of images leaves open: the square root of p (1 - p) / images, p being the mean."""
        return None if self.mean is None else standard_error(self.mean, self.images)

    @property
    def said(self) -> str:
        """What the article says, with as many decimals as it gives; a dash where it says nothing."""
        if self.reported is None:
            return f'"{self.words}"' if self.words else "-"
        return percent(self.reported, digits_of(self.reported))

    @property
    def reached(self) -> bool | None:
        """Whether the mean, rounded as the article rounds, is at least what was reported; None: no telling."""
        if self.reported is None or self.mean is None:
            return None
        digits = digits_of(self.reported)
        # a half rounds up, as on paper: 88.235 is slightly less in binary
        rounded = round(100 * self.mean + 1e-9, digits)
        return rounded >= round(100 * self.reported, digits)

    @property
    def verdict(self) -> str:
        """In words, with both figures wherever the reported one was not reached."""
        if self.mean is None:
            return "not measured"
        if self.reached:
            return "reached"
        measured = f"{percent(self.mean)} measured"
        beside = f"{self.said} reported, {measured}" if self.reported or self.words else measured
        return beside if self.reported is None else f"not reached: {beside}"
