"""A drawing or a photo of a garment, turned into what the data set would have made of it.

Fashion-MNIST was made from shop pictures on white: trimmed, longest side subsampled to 28 pixels, sharpened,
put in the middle, turned negative and grey (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, section 2).
Other pictures have other papers, inks and lights. Here grey comes from how far a pixel's colour is from the
background's: so a garment of one ink keeps its own shades on any paper, in either polarity.

The way is a pipeline: each of `STAGES` takes a `Work` and returns the next one. A stage that is left out, or tried
without, costs the stages behind it only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from playground.errors import PictureError
from playground.pictures.background import Pixels
from playground.pictures.stages import OPTIONAL, STAGES, TOLD, Stage, Step, Work, begin


@dataclass(frozen=True)
class PreparedPicture:
    """`pixels` is uint8 [28, 28], the garment light on black; `steps` tell how it came about, in order.

    `notes` are sentences on what was taken of what came, for who does not look at the steps.
    """

    pixels: Pixels
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


def prepare(picture: Pixels, without: Collection[str] = (), notes: Collection[str] = ()) -> PreparedPicture:
    """The garment in `picture` as 28x28 grey pixels, light on black, like an image of the data set.

    `picture` is uint8: RGBA [H, W, 4] with straight alpha, RGB [H, W, 3] or grey [H, W]. A picture that is
    in the data set's form already comes back unchanged. `without` names steps of `OPTIONAL` to leave out;
    `notes` says what was done to the picture before. Raises PictureError when nothing stands out from the
    background, and ValueError for an array of another shape or type.
    """
    return _prepared(_trail(begin(picture, notes), STAGES, without)[-1])


def prepare_each_way(
    picture: Pixels, without: Collection[str] = (), notes: Collection[str] = ()
) -> Mapping[str, PreparedPicture | None]:
    """What `prepare` would give if one more of its steps were left out, by the name of the step.

    For each step of `OPTIONAL` that the picture goes through; None where nothing would stand out any more. Each
    way begins at the step that is left out. Raises as `prepare` does.
    """
    trail = _trail(begin(picture, notes), STAGES, without)
    ways: dict[str, PreparedPicture | None] = {}
    for number, (stage, before, after) in enumerate(zip(STAGES, trail, trail[1:], strict=False)):
        if stage.name in OPTIONAL and after is not before:
            try:
                ways[stage.name] = _prepared(_trail(before, STAGES[number + 1 :], without)[-1])
            except PictureError:
                ways[stage.name] = None
    return ways


def _trail(work: Work, stages: Sequence[Stage], without: Collection[str]) -> list[Work]:
    """The work before each stage and behind the last one; the same where a stage had nothing to do."""
    trail = [work]
    for stage in stages:
        left_out = work.is_done or stage.name in without
        work = work if left_out else stage.run(work) or work
        trail.append(work)
    return trail


def _prepared(work: Work) -> PreparedPicture:
    told = (step.explanation for step in work.steps if step.name in TOLD)
    return PreparedPicture(work.pixels, work.steps, (*work.notes, *told))
