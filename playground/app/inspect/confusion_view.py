"""A confusion matrix, its images and its classes. Imports torch: pages import this once it is there."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.analysis.scores import ScoredImages
from playground.app.components.gallery import Tile, gallery
from playground.app.components.matrix import matrix
from playground.app.components.one_of import one_of
from playground.app.inspect.matrix_figures import READINGS, drawn
from playground.app.shared.class_choice import choose_place, chosen_place, class_boxes, in_words
from playground.app.shared.image_view import image_view, open_image
from playground.app.shared.inspection import comparable, described, judged_beside
from playground.app.shared.session import Session
from playground.app.shared.words import run_labels
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.metrics.classification import WEAK, Pair, accuracy, class_scores, confusion, costliest
from playground.metrics.mistakes import Answers

AT_ONCE = 42
_NOTHING, _EPOCH, _RUN = "nothing", "another epoch", "another run"
MEANING = (
    ("Precision", "Of the images predicted as this class, the share that is of this class."),
    ("Recall", "Of the images of this class, the share predicted as it."),
    ("F1", "Harmonic mean of precision and recall."),
)


def confusion_view(lab: Lab, tab: Session, seen: ScoredImages) -> None:
    """Which classes a network takes for which, the images of each cell, and how each class fares."""
    st.markdown(f"**{accuracy(seen.logits, seen.images.labels):.2%}** of {described(seen)}")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _matrix(lab, seen)
    with right:
        _pairs(confusion(seen.logits, seen.images.labels))
        with st.container(key="class_table"):
            _classes(seen)
    with st.container():  # one place on the page, whatever is in it: what follows would be built anew
        _images(lab, tab, seen)


def _matrix(lab: Lab, seen: ScoredImages) -> None:
    name = one_of(
        "Show", tuple(READINGS), default="counts", key="confusion_unit", persist_state="session",
        wrap=True, help=" ".join(f"**{each.capitalize()}**: {READINGS[each].explanation}" for each in READINGS),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other, against = _other(lab, seen)
        diagonal = not st.toggle(
            "Errors only", key="confusion_errors", persist_state="session",
            help="Hides the diagonal (correct predictions), so that the errors use the full colour scale.",
        )  # fmt: skip
    reading = READINGS[name]
    cells = reading.cells(seen.logits, seen.images.labels)
    beside = None if other is None else reading.cells(other.logits, other.images.labels)
    figure = drawn(reading, cells, len(seen.images), beside, against, diagonal)
    with st.container(key="confusion_chart"):
        matrix(figure, "matrix", chosen_place(), f"confusion-{seen.run.run}-epoch-{seen.epoch}", choose_place)


def _other(lab: Lab, seen: ScoredImages) -> tuple[ScoredImages | None, str]:
    """What the matrix is compared with, and its name."""
    epochs = [each for each in lab.library.kept_epochs(seen.run).weights if each != seen.epoch]
    runs = comparable(lab, seen)
    kinds = [_NOTHING, *([_EPOCH] if epochs and seen.part == "validation" else []), *([_RUN] if runs else [])]
    if len(kinds) == 1:
        return None, ""
    kind = st.selectbox(
        "Difference to", kinds, key="confusion_difference", width=160, persist_state="session",
        help="This matrix minus the other one.",
    )  # fmt: skip
    if kind == _EPOCH:
        epoch = st.selectbox("Epoch", epochs, key="confusion_epoch", width=90)
        return lab.scores.scored(seen.run, seen.part, epoch), f"epoch {epoch}"
    if kind == _RUN:
        labels = run_labels(runs.values())
        name = st.selectbox(
            "Run", list(runs), key="confusion_run", format_func=lambda each: labels.get(each, each), width=220,
            help="After its last epoch.",
        )  # fmt: skip
        return judged_beside(lab, seen, runs[name]), runs[name].name
    return None, ""


def _pairs(counts: NDArray[np.int64]) -> None:
    """What costs most, in words."""
    found = costliest(counts)
    if not found:
        st.markdown("Every prediction is correct.")
        return
    errors = round(found[0].images / found[0].of_errors)
    st.markdown(f"**Most frequent confusions** of {errors:,} errors")
    st.markdown("\n".join(f"- {_in_words(pair)}" for pair in found))


def _in_words(pair: Pair) -> str:
    what = in_words((pair.label, pair.predicted))
    return f"{what}: {pair.of_errors:.0%} of all errors, {pair.of_class:.1%} of its class (n = {pair.images:,})"


def _classes(seen: ScoredImages) -> None:
    scores = class_scores(seen.logits, seen.images.labels)
    weak = [f"{score.name} ({score.recall:.1%})" for score in scores if score.recall < WEAK]
    st.markdown(f"Under {WEAK:.0%}: {', '.join(weak)}." if weak else f"Every class reaches {WEAK:.0%}.")
    st.dataframe(
        [
            {"Class": s.name, "Precision": 100 * s.precision, "Recall": 100 * s.recall, "F1": 100 * s.f1,
             "Images": s.support}
            for s in scores
        ],
        hide_index=True,
        height="content",
        column_config={n: st.column_config.NumberColumn(format="%.1f %%", help=text) for n, text in MEANING},
    )  # fmt: skip


def _images(lab: Lab, tab: Session, seen: ScoredImages) -> None:
    """The images of the chosen cell or class."""
    place = class_boxes()
    if place == (None, None):
        st.caption(
            ":material/touch_app: Click a cell of the matrix to see its images, or a class at its edge. The arrow "
            "keys move in it, and the two boxes select the same."
        )
        return
    answers = Answers.of(seen.logits, seen.images.labels)
    numbers = answers.among(*place).nonzero()[0]
    numbers = numbers[(-answers.confidence[numbers]).argsort(kind="stable")]
    st.markdown(
        f"**{in_words(place)}**: {len(numbers):,} of {len(seen.images):,} images, the most confident first."
    )
    pages = -(-len(numbers) // AT_ONCE)
    page = min(st.pagination(pages, key="cell_page"), pages) if pages > 1 else 1
    shown = numbers[(page - 1) * AT_ONCE : page * AT_ONCE]
    with st.container():
        image_view(lab, tab, seen)
    with st.container(key="cell_images"):
        gallery(
            seen.images.pixels[shown].numpy(),
            [_tile(int(number), answers) for number in shown],
            in_words(place), "cell", save="cell",
            on_open=lambda index: open_image(tab, seen, int(shown[index])),
        )  # fmt: skip


def _tile(number: int, answers: Answers) -> Tile:
    said, true = (CLASS_NAMES[each] for each in (answers.said[number], answers.labels[number]))
    lines = (f"said {said} {answers.confidence[number]:.0%}", f"is {true} {answers.truth[number]:.0%}")
    return Tile((*lines, f"no. {number}"), f"Image {number}: {lines[0]}, {lines[1]}")
