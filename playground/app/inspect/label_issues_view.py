"""Doubtful labels with their evidence. Imports torch: pages import this once it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.components.saving import csv_button, csv_text
from playground.app.shared.class_choice import ANY
from playground.app.shared.inspection import described
from playground.app.shared.job_panel import awaited, start_panel
from playground.app.shared.selected_epoch import SelectedEpoch, validated
from playground.data.classes import CLASS_NAMES
from playground.data.images import Images
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.metrics.label_issues import LabelIssue, find_label_issues
from playground.training.record import Run

AT_ONCE = 120
_FOLDS = (3, 5, 10)
_QUICK = "quick"
_SUSPICION = (
    "The network may be wrong, and not the label. Look at the image, at the two probabilities, and at the "
    "labels of its neighbours."
)
Judge = Callable[[int], Run]
"""The run that judged the image of an index, and did not learn from it."""


def validation_issues(lab: Lab, selected: SelectedEpoch) -> None:
    """Doubtful labels among a run's validation images, whose probabilities are out of sample."""
    if not validated(selected.run):
        st.info(
            "This run has no validation images: it was trained on all images. Choose another run, or look at the "
            "training images, which are evaluated by cross-validation.",
            icon=":material/label_off:",
        )
        return
    seen = lab.scores.scored(selected.run, "validation", selected.epoch)
    labels = seen.images.labels.numpy()
    found = find_label_issues(seen.logits.double().softmax(1).numpy(), labels)
    _summary(found, len(labels), described(seen))
    _issues(lab, found, seen.images, lambda _: selected.run, f"validation-{selected.run.run}-{seen.epoch}")


def training_issues(lab: Lab, selected: SelectedEpoch) -> None:
    """Doubtful labels among all training images, each judged by a network that left it out."""
    st.markdown(
        "A network has seen its training images, so its own predictions for them say little about their labels. "
        "Cross-validation cuts the training images into folds. For each fold, a network is trained on the other "
        "folds and evaluated on it."
    )
    left, right = st.columns(2)
    with left:
        choices = {_QUICK: PRESETS[_QUICK].experiment, f"{selected.run.name} (the run)": selected.run.experiment}
        name = st.selectbox("Trained as", list(choices), key="folds_experiment", persist_state="session")
    with right:
        folds = one_of(
            "Folds", _FOLDS, default=_FOLDS[1], key="folds_count", persist_state="session",
            help="With more folds, each network has more training images, and the whole takes longer.",
        )  # fmt: skip
    experiment = choices[name]
    crossed = lab.cross_validation.crossed(experiment, folds)
    if crossed is None:
        _train_folds(lab, experiment, folds)
        return
    count = len(crossed.images)
    judged = f"each evaluated by the one of {folds} runs that left it out ({crossed.accuracy:.2%} right)"
    _summary(crossed.issues, count, f"{count:,} training images, {judged}")
    _issues(lab, crossed.issues, crossed.images, crossed.judge, f"training-{crossed.runs[0].run}")


def _train_folds(lab: Lab, experiment: Experiment, folds: int) -> None:
    done = len(lab.cross_validation.done(experiment, folds))
    kept = f" {done} of {folds} are already trained." if done else ""
    epochs = experiment.training.epochs
    label = "Go on" if done else f"Train {folds} networks"
    start_panel(
        lab.cross_validation.thread, label, lambda: lab.cross_validation.start(experiment, folds),
        f"{folds} trainings of {epochs} epochs each, one after the other, in the background. They are ordinary "
        f"runs, listed on the Runs page. Other trainings go first.{kept}",
    )  # fmt: skip


def _summary(found: Sequence[LabelIssue], count: int, words: str) -> None:
    st.markdown(f"**{len(found):,}** label issues ({len(found) / count:.1%}) among {words}.")
    st.caption(
        f"{_SUSPICION} Confident learning (Northcutt et al. 2021, with cleanlab); quality is the normalised "
        "margin: 0 is the most suspicious. Click an image for its evidence."
    )


def _issues(lab: Lab, found: Sequence[LabelIssue], images: Images, judge: Judge, key: str) -> None:
    left, right = st.columns(2)
    with left:
        given = _class("Given as", "doubts_given", "Only images with this label.")
    with right:
        likelier = _class("Likelier", "doubts_likelier", "Only images for which the network suggests this class.")
    shown = [d for d in found if given in (None, d.label) and likelier in (None, d.likelier)]
    if not shown:
        st.info("No label issue matches.", icon=":material/check:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by_number = {issue.index: issue for issue in shown[:AT_ONCE]}
        number = st.selectbox(
            "Evidence for", list(by_number), index=None, key=f"doubt-{key}", width=320,
            placeholder="choose an image",
            format_func=lambda n: f"no. {n}, {_two(by_number[n])}",
        )  # fmt: skip
        csv_button(lambda: as_csv(shown, judge), "doubtful-labels", f"doubts-csv-{key}")
    if number is not None:
        _evidence(lab, by_number[number], images, judge(number))
    some = shown[:AT_ONCE]

    def opened(position: int) -> None:
        st.session_state[f"doubt-{key}"] = some[position].index

    with st.container(key="doubts_grid"):
        pixels = images.pixels[[issue.index for issue in some]].numpy()
        tiles = [_tile(issue) for issue in some]
        gallery(pixels, tiles, "Doubtful labels", "doubts", 120, "doubtful-labels", opened)
    if len(shown) > AT_ONCE:
        st.caption(f"The {AT_ONCE} most doubtful of {len(shown):,}; the CSV has them all.")


def _two(issue: LabelIssue) -> str:
    return f"{CLASS_NAMES[issue.label]} or {CLASS_NAMES[issue.likelier]}"


def _class(label: str, key: str, explanation: str) -> int | None:
    """A select box of the ten classes; None is any of them."""
    name = st.selectbox(label, (ANY, *CLASS_NAMES), key=key, persist_state="session", help=explanation)
    return None if name == ANY else CLASS_NAMES.index(name)


def _tile(issue: LabelIssue) -> Tile:
    lines = (
        f"given {CLASS_NAMES[issue.label]} {issue.label_probability:.1%}",
        f"suggested {CLASS_NAMES[issue.likelier]} {issue.likelier_probability:.1%}",
    )
    return Tile(
        (*lines, f"quality {issue.quality:.3f}", f"no. {issue.index}"), f"Image {issue.index}: {', '.join(lines)}"
    )


def _evidence(lab: Lab, issue: LabelIssue, images: Images, run: Run) -> None:
    """The nearest training images of the run that judged it: what do they say?"""
    with st.container(border=True, key="doubt_evidence"):
        if awaited(lab.scores.prepare_neighbours(run)) is None:
            return
        beside = lab.scores.neighbours(run, images.pixels[issue.index])
        names = [CLASS_NAMES[label] for label in beside.nearest.labels.tolist()]
        given, likelier = CLASS_NAMES[issue.label], CLASS_NAMES[issue.likelier]
        st.markdown(
            f"No. {issue.index} is given as **{given}** ({issue.label_probability:.1%}); likelier **{likelier}** "
            f"({issue.likelier_probability:.1%}). Of its {len(names)} nearest training images "
            f"{names.count(given)} are labelled {given}, {names.count(likelier)} {likelier}."
        )
        pixels = np.concatenate([images.pixels[[issue.index]].numpy(), beside.nearest.pixels.numpy()])
        cosines = beside.typicality.cosines.tolist()
        tiles = [Tile(("the image", f"given {given}"), f"The image, given as {given}")] + [
            Tile((name, f"cosine {cosine:.2f}"), f"Neighbour: {name}, cosine {cosine:.2f}")
            for name, cosine in zip(names, cosines, strict=True)
        ]
        gallery(pixels, tiles, "The image and its nearest training images", "doubt_neighbours", save="neighbours")
        st.caption(
            f"The nearest of {beside.among:,} training images in the feature space of run {literal(run.run)}, "
            "which was not trained on this image. Their labels may be wrong too."
        )


def as_csv(issues: Sequence[LabelIssue], judge: Judge) -> str:
    """A line a doubt, with a header."""
    head = ("image", "given", "given_probability", "likelier", "likelier_probability", "quality", "judged_by_run")
    rows = [
        (
            d.index, CLASS_NAMES[d.label], f"{d.label_probability:.6f}", CLASS_NAMES[d.likelier],
            f"{d.likelier_probability:.6f}", f"{d.quality:.6f}", judge(d.index).run,
        )
        for d in issues
    ]  # fmt: skip
    return csv_text(head, rows)
