"""What the Map page knows of a tab."""

from __future__ import annotations

from dataclasses import dataclass

from playground.analysis.tsne import TsneJob
from playground.app.map.figure import MapPoints
from playground.app.shared.session import Session


@dataclass(frozen=True, eq=False)
class MapContent:
    """A map as it is drawn.

    Attributes:
        of: Run, part of its images and whether the sample stands in: what numbers of images belong to.
        epoch: After which the network saw them so.
        method, title, words: What it is: in a word, in a line, and for who wants to know what the axes mean.
        axes: What they are, with their share of the variance.
        step: The axes reach to a whole number of these.
    """

    of: tuple[object, ...]
    epoch: int
    map_points: MapPoints
    method: str
    title: str
    words: str
    axes: tuple[str, str]
    step: float


@dataclass
class MapState:
    """What a tab has chosen on the map, and what it waits for.

    Attributes:
        chosen: Numbers of the images chosen on the map of `chosen_of`: a run, a part of its images, a source.
        shown: What the map showed last, while the next is worked out.
        tsne: The computation this tab waits for.
    """

    chosen: tuple[int, ...] = ()
    chosen_of: tuple[object, ...] = ()
    shown: MapContent | None = None
    tsne: TsneJob | None = None


def map_state(tab: Session) -> MapState:
    """The map's state in a tab."""
    return tab.of_page(MapState)
