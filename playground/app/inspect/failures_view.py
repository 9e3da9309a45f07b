"""The images a network got wrong. Imports torch: pages import this once it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.analysis.scores import ScoredImages
from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.components.saving import csv_button, csv_text
from playground.app.shared.class_choice import class_boxes
from playground.app.shared.image_view import image_view, open_image
from playground.app.shared.inspection import comparable, described, judged_beside
from playground.app.shared.session import Session
from playground.app.shared.words import run_labels
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.metrics.history import PredictionHistory
from playground.metrics.mistakes import ORDERS, OVER_EPOCHS, Answers, Numbers, ordered

AT_ONCE = 60
_NOW, _EVER = "after this epoch", "after any epoch"
_HELP = (
    "**Confidence**: the probability of the predicted class. **Loss**: the cross-entropy. **Margin**: the "
    "probability of the predicted class minus that of the true class. **Learned last**: the first epoch after "
    "which it stayed correct. **Forgotten most often**: correct after one kept epoch and wrong after the next "
    "(Toneva et al. 2019)."
)

_UNDER: Mapping[str, Callable[[float, int], str]] = {
    "loss": lambda value, _: f"loss {value:.2f}",
    "margin": lambda value, _: f"margin {value:.0%}",
    "learned last": lambda value, last: f"correct since epoch {value:.0f}" if value <= last else "not learned",
    "forgotten most often": lambda value, _: f"forgotten {value:.0f} times",
}
"""What an image is sorted by, where that does not stand under it anyway; the number is that of the last epoch."""


@dataclass(frozen=True, eq=False)
class FailureSheet:
    """Images on the sheet, in their order, with what is said of all images of the run."""

    numbers: Numbers
    order: str
    answers: Answers
    history: PredictionHistory


def failures_view(lab: Lab, tab: Session, seen: ScoredImages) -> None:
    """Choose what kind of mistakes, and see the images; one of them opens."""
    answers = Answers.of(seen.logits, seen.images.labels)
    history = _history(lab, seen, answers)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wrong = _wrong(answers, history)
        order = _order(history)
    true, said = class_boxes()
    left, right = st.columns(2)
    with left:
        sure = _confidence(answers)
    with right:
        beside, among = _also_wrong(lab, seen)
    found = FailureSheet(
        ordered(wrong & answers.among(true, said) & sure & beside, order, answers, history),
        order,
        answers,
        history,
    )
    st.markdown(f"**{len(found.numbers):,}** wrong{among} of {described(seen)}; {_sorted(order, history)}.")
    with st.container():  # one place on the page, opened or not: what follows would be built anew
        image_view(lab, tab, seen)
    if not len(found.numbers):
        st.info("No image matches: choose other classes.", icon=":material/check:")
        return
    _sheet(tab, seen, found)


def _history(lab: Lab, seen: ScoredImages, answers: Answers) -> PredictionHistory:
    """The answers through the epochs; of test images there are those of one epoch alone."""
    if seen.part == "test":
        return PredictionHistory((seen.epoch,), answers.labels, answers.said[None].astype(np.int8))
    with st.spinner("Reading the kept epochs", show_time=True):
        return lab.scores.history(seen.run)


def _wrong(answers: Answers, history: PredictionHistory) -> NDArray[np.bool_]:
    if len(history.epochs) == 1:
        return answers.wrong
    when = one_of(
        "Wrong", (_NOW, _EVER), default=_NOW, key="failures_when", persist_state="session",
        help="After any kept epoch, also images that it has learned since.",
    )  # fmt: skip
    return answers.wrong if when == _NOW else np.asarray(~history.right.all(0))


def _order(history: PredictionHistory) -> str:
    orders = [name for name in ORDERS if len(history.epochs) > 1 or name not in OVER_EPOCHS]
    return st.selectbox("Sorted by", orders, key="failures_order", width=220, persist_state="session", help=_HELP)


def _sorted(order: str, history: PredictionHistory) -> str:
    if order in OVER_EPOCHS:
        return f"{order} first, over {len(history.epochs)} kept epochs"
    return "the most confident first" if order == "confidence" else f"the largest {order} first"


def _confidence(answers: Answers) -> NDArray[np.bool_]:
    low, high = st.slider(
        "Confidence, %", 0, 100, (0, 100), key="failures_confidence", persist_state="session",
        help="Only images with a confidence in this range.",
    )  # fmt: skip
    return np.asarray((answers.confidence >= low / 100) & (answers.confidence <= high / 100))


def _also_wrong(lab: Lab, seen: ScoredImages) -> tuple[NDArray[np.bool_], str]:
    """Which images another run got wrong, too, and that in words; all, where none is chosen."""
    every = np.ones(len(seen.images), bool)
    runs = comparable(lab, seen)
    if not runs:
        return every, ""
    labels = run_labels(runs.values())
    name = st.selectbox(
        "Also wrong in", list(runs), index=None, key="failures_beside", placeholder="another run",
        format_func=lambda each: labels.get(each, each), help="After the last epoch of that run.",
    )  # fmt: skip
    other = judged_beside(lab, seen, runs[name]) if name is not None else None
    if other is None:
        return every, ""
    return Answers.of(other.logits, other.images.labels).wrong, f" here and in {literal(other.run.name)}"


def _sheet(tab: Session, seen: ScoredImages, found: FailureSheet) -> None:
    pages = -(-len(found.numbers) // AT_ONCE)
    page = min(st.pagination(pages, key="failures_page"), pages) if pages > 1 else 1
    shown = found.numbers[(page - 1) * AT_ONCE : page * AT_ONCE]
    with st.container(key="failures_grid"):
        gallery(
            seen.images.pixels[shown].numpy(),
            _tiles(shown, found),
            "Images the network got wrong", "failures", save="failures",
            on_open=lambda index: open_image(tab, seen, int(shown[index])),
        )  # fmt: skip
    csv_button(lambda: _table(found), f"failures-{seen.run.run}-epoch-{seen.epoch}", "failures_csv")


def _tiles(shown: Numbers, found: FailureSheet) -> list[Tile]:
    """What stands under an image: both names, both probabilities, what it is sorted by, its number."""
    answers, keys = found.answers, ORDERS[found.order](found.answers, found.history)
    tiles = []
    for number in shown.tolist():
        said, true = (CLASS_NAMES[each] for each in (answers.said[number], answers.labels[number]))
        lines = [f"said {said} {answers.confidence[number]:.0%}", f"is {true} {answers.truth[number]:.0%}"]
        if found.order in _UNDER:
            lines.append(_UNDER[found.order](keys[number], found.history.epochs[-1]))
        tiles.append(Tile((*lines, f"no. {number}"), f"Image {number}: {', '.join(lines)}"))
    return tiles


def _table(found: FailureSheet) -> str:
    """All images that were found, with everything they can be sorted by."""
    answers, history = found.answers, found.history
    learned, forgotten, last = history.learned_at(), history.forgetting_events(), history.epochs[-1]
    head = ("image", "true", "predicted", "confidence", "true_probability", "loss_nats", "margin")
    over_epochs = ("right_since_epoch", "times_forgotten") if len(history.epochs) > 1 else ()
    rows = (
        (
            number, CLASS_NAMES[answers.labels[number]], CLASS_NAMES[answers.said[number]],
            *(f"{each[number]:.6f}" for each in (answers.confidence, answers.truth, answers.loss, answers.margin)),
            *((learned[number] if learned[number] <= last else "", forgotten[number]) if over_epochs else ()),
        )
        for number in found.numbers.tolist()
    )  # fmt: skip
    return csv_text((*head, *over_epochs), rows)
