"""Images that are nearly the same, side by side. Imports torch: pages import this once it is there."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from playground.analysis.near_duplicates import PARTS, Between
from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.components.saving import csv_button, csv_text
from playground.app.shared.job_panel import start_panel
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData, Images, trained_on
from playground.errors import DataError
from playground.lab.lab import Lab
from playground.metrics.near_duplicates import FARTHEST, NEAR, Pairs, Share, with_and_without
from playground.training.record import Run

AT_ONCE = 60
_NAMES: dict[Between, tuple[str, str]] = {
    "test-train": ("test", "training"),
    "test": ("test", "test"),
    "train": ("training", "training"),
}


def near_duplicates_view(lab: Lab, selected: SelectedEpoch) -> None:
    """Near-duplicates among a run's images, and what they do to its test accuracy."""
    data = _images_of(lab, selected.run)
    found = lab.near_duplicates.found(data)
    if len(found) < len(PARTS):
        start_panel(
            lab.near_duplicates.thread, "Look for near-duplicates", lambda: lab.near_duplicates.start(data),
            f"Compares all {len(data.test):,} test images with all {len(data.train):,} training images, and "
            "both with themselves: this takes minutes, once, in the background, and only while nothing is "
            "trained.",
        )  # fmt: skip
    if not found:
        return
    part = one_of(
        "Between", list(found), default=next(iter(found)), format_func=PARTS.__getitem__, key="twins_part",
        persist_state="session",
    )  # fmt: skip
    farthest = st.slider(
        "Distance up to", 0.0, FARTHEST, NEAR, 0.005, format="%.3f", key="twins_distance",
        persist_state="session",
        help="Norm of the difference of two images over the geometric mean of their norms. 0: the same pixels.",
    )  # fmt: skip
    pairs = found[part].within(farthest)
    first, second = (data.test if name == "test" else data.train for name in _NAMES[part])
    _summary(part, pairs, first, second, data)
    if part == "test-train":
        _accuracies(lab, selected.run, pairs, data)
    _pairs(part, pairs, first, second)


def _images_of(lab: Lab, run: Run) -> FashionData:
    try:
        return lab.scores.data_of(run)
    except DataError:
        return lab.datasets.current()


def _summary(part: Between, pairs: Pairs, first: Images, second: Images, data: FashionData) -> None:
    disagree = int((first.labels[pairs.first] != second.labels[pairs.second]).sum())
    exact = int((pairs.distances == 0).sum())
    one, other = _NAMES[part]
    among = f"{len(first):,} {one} images" + (
        f" and {len(second):,} {other} images" if first is not second else ""
    )
    sample = " of the bundled sample" if data.name == "sample" else ""
    st.markdown(
        f"**{len(pairs):,}** pairs among {among}{sample}; {exact or 'none'} have the same pixels; "
        f"{disagree or 'none'} disagree in their labels."
    )
    st.caption(
        f"By eye, nearly all pairs up to {NEAR} are the same photograph, or the same garment in "
        "another size or print; from 0.12 on they are other garments of the same cut. Geier (2019) reported "
        "near-duplicates of these images; exact duplicates had been replaced in 2017."
    )


def _accuracies(lab: Lab, run: Run, pairs: Pairs, data: FashionData) -> None:
    """A run's test accuracy with and without the images that it nearly learned from, of its kept scores."""
    if run.test_accuracy is None:
        st.caption("The run was not evaluated on the test images, so there is no accuracy to compare.")
        return
    if data.fingerprint != run.data.fingerprint:
        st.caption(
            f"{literal(run.name)} was trained on other images than are compared here: there is no accuracy to "
            "compare."
        )
        return
    seen, choice = lab.scores.scored(run, "test"), run.experiment.data
    learned = trained_on(data, choice.validation, choice.fraction, choice.fold, choice.folds)
    duplicates = pairs.first[learned[torch.from_numpy(pairs.second)].numpy()]
    right = (seen.logits.argmax(1) == seen.images.labels).numpy()
    shares = with_and_without(right, duplicates)
    names = ("All test images", "Without near-duplicates", "Near-duplicates alone")
    with st.container(key="twins_accuracy"):
        st.dataframe(
            [_row(name, share) for name, share in zip(names, shares, strict=True)], hide_index=True,
            column_config={
                "Images": st.column_config.NumberColumn(format="localized"),
                "Accuracy": st.column_config.NumberColumn(format="%.2f %%"),
                "Standard error": st.column_config.NumberColumn(format="%.2f", help="Points."),
            },
        )  # fmt: skip
    st.caption(
        f"{literal(run.name)}, from its kept test scores: nothing is evaluated again. A near-duplicate is a test "
        "image with such a pair among the images that this run learned from. The first two rows share most of "
        "their images: compare the last two."
    )


def _row(name: str, share: Share) -> dict[str, object]:
    if share.accuracy is None or share.error is None:
        return {"": name, "Images": 0, "Accuracy": None, "Standard error": None}
    return {
        "": name,
        "Images": share.images,
        "Accuracy": 100 * share.accuracy,
        "Standard error": 100 * share.error,
    }


def _pairs(part: Between, pairs: Pairs, first: Images, second: Images) -> None:
    if not len(pairs):
        st.info("No pair has such a small distance.", icon=":material/check:")
        return
    csv_button(lambda: as_csv(part, pairs, first, second), f"near-duplicates-{part}", "twins_csv")
    count = -(-len(pairs) // AT_ONCE)
    page = st.pagination(count, key="twins_page") if count > 1 else 1
    shown = range((page - 1) * AT_ONCE, min(page * AT_ONCE, len(pairs)))
    one, other = _NAMES[part]
    tiles = [_tile(one, other, pairs, first, second, each) for each in shown]
    with st.container(key="twins_grid"):
        pixels = side_by_side(pairs, first, second, shown)
        gallery(pixels, tiles, "Pairs of nearly the same images", "twins", 150, f"near-duplicates-{part}")


def side_by_side(pairs: Pairs, first: Images, second: Images, shown: range) -> NDArray[np.uint8]:
    """The two images of each pair beside each other, uint8 [n, 28, 56]."""
    left, right = first.pixels[pairs.first[shown]], second.pixels[pairs.second[shown]]
    return torch.cat([left, right], dim=2).numpy()


def _tile(one: str, other: str, pairs: Pairs, first: Images, second: Images, each: int) -> Tile:
    i, j = int(pairs.first[each]), int(pairs.second[each])
    left, right = CLASS_NAMES[int(first.labels[i])], CLASS_NAMES[int(second.labels[j])]
    labels = f"both {left}" if left == right else f"labels disagree: {left}, {right}"
    lines = (labels, f"distance {pairs.distances[each]:.3f}", f"{one} no. {i}", f"{other} no. {j}")
    return Tile(lines, ", ".join(lines))


def as_csv(part: Between, pairs: Pairs, first: Images, second: Images) -> str:
    """A line a pair, with a header."""
    one, other = _NAMES[part]
    head = (f"{one}_image", f"{other}_image{'_2' * (one == other)}", "label", "label_2", "distance")
    columns = zip(pairs.first.tolist(), pairs.second.tolist(), pairs.distances.tolist(), strict=True)
    rows = [
        (i, j, CLASS_NAMES[int(first.labels[i])], CLASS_NAMES[int(second.labels[j])], f"{distance:.6f}")
        for i, j, distance in columns
    ]
    return csv_text(head, rows)
