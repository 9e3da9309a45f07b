"""Whether a picture looks like the data, and what other networks say of it. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch

from playground.app.components.gallery import Tile, gallery
from playground.app.components.heard import heard
from playground.app.components.live_chart import live_chart
from playground.app.components.markdown import sentence
from playground.app.predict.answer import shares
from playground.app.predict.pictures import look_at
from playground.app.shared.epoch_figures import chances_figure
from playground.app.shared.job_panel import awaited
from playground.app.shared.nearest import nearest_images
from playground.app.shared.picture import Picture, UploadedPicture
from playground.app.shared.runs import newest_first
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.session import Session
from playground.app.shared.words import run_labels
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.metrics.history import spread
from playground.training.record import Run

ATYPICAL = 0.99  # share of held-out images that are more typical: then an answer means little
_MOST_NETWORKS = 6
_ON_A_PAGE = 30
_MOST_COMPLAINTS = 3
_MOST_EPOCHS = 8  # whose networks are asked at every stroke: as many stay in memory


def typicality_panel(lab: Lab, run: Run, picture: Picture) -> None:
    """How many images of the data look more like the data, and the training images nearest to the picture."""
    assert picture.prepared is not None
    if awaited(lab.scores.prepare_neighbours(run)) is None:
        return
    beside = lab.scores.neighbours(run, torch.from_numpy(picture.prepared.pixels))
    percentile = beside.typicality.ood_percentile
    words = f"This picture is less typical than {percentile:.0%} of the held-out images."
    if percentile >= ATYPICAL:
        st.warning(
            f"{words} The training data have nothing like it: do not trust the prediction. Try a plain "
            "background and one garment, seen from the front or the side.",
            icon=":material/help:",
        )
    else:
        st.markdown(words)
    nearest_images(beside, "nearest")


def networks_panel(lab: Lab, selected: SelectedEpoch, picture: Picture) -> None:
    """The same picture through other runs, after their last epoch."""
    run = selected.run
    others = [each for each in newest_first(lab) if each.has_weights and each.run != run.run]
    if not others:
        st.caption("Train another network to compare its prediction for this picture.")
        return
    labels = run_labels(others)
    chosen = st.multiselect(
        "Other networks", list(labels), format_func=labels.__getitem__, max_selections=_MOST_NETWORKS - 1,
        key="other_networks", persist_state="session", help="Their predictions for the same picture.",
    )  # fmt: skip
    asked = [run, *(each for each in others if each.run in chosen)]
    if len(asked) == 1:
        return
    rows = []
    for each in asked:
        epoch = selected.epoch if each is run else None
        ranked = sorted(zip(shares(lab, each, picture, epoch), CLASS_NAMES, strict=True), reverse=True)[:3]
        rows.append(
            {"Network": each.name, **{f"{place}.": f"{n} {s:.0%}" for place, (s, n) in enumerate(ranked, 1)}}
        )
    st.dataframe(rows, hide_index=True, key="networks_table")


def epochs_panel(lab: Lab, selected: SelectedEpoch, picture: Picture) -> None:
    """The same picture through the epochs of a run whose weights were kept."""
    run = selected.run
    kept = lab.library.kept_epochs(run).weights
    if len(kept) < 2:
        st.caption("The weights of only one epoch of this run are kept.")
        return
    kept = spread(kept, _MOST_EPOCHS)
    histories = [shares(lab, run, picture, epoch) for epoch in kept]
    truth = None if picture.truth is None else CLASS_NAMES.index(picture.truth)
    figure = chances_figure(kept, np.array(histories), truth, selected.epoch)
    spoken = ", ".join(f"epoch {e}: {CLASS_NAMES[c.index(max(c))]}" for e, c in zip(kept, histories, strict=True))
    live_chart(figure, "through_epochs", spoken, save="through-the-epochs")


def album_panel(lab: Lab, selected: SelectedEpoch, tab: Session) -> None:
    """All uploaded pictures with their answers; one of them can be looked at. Nothing for a single one."""
    if len(tab.album) < 2:
        return
    _refused([each for each in tab.album if each.pixels is None])
    good = [each for each in tab.album if each.pixels is not None]
    if not good:
        return
    pages = -(-len(good) // _ON_A_PAGE)
    page = st.pagination(pages, key="album_page") if pages > 1 else 1
    first = (page - 1) * _ON_A_PAGE
    shown = good[first : first + _ON_A_PAGE]
    pixels = np.stack([each.pixels for each in shown if each.pixels is not None])
    best = lab.scores.probabilities(selected.run, torch.from_numpy(pixels), selected.epoch).max(1)
    tiles = [
        Tile((CLASS_NAMES[label], f"{share:.0%}", each.name), f"{each.name}: {CLASS_NAMES[label]}, {share:.0%}")
        for each, share, label in zip(shown, best.values.tolist(), best.indices.tolist(), strict=True)
    ]
    gallery(pixels, tiles, "Your pictures and their predictions", "album", save="album")
    if pages > 1:
        st.caption(f"{first + 1} to {first + len(shown)} of {len(good)} pictures.")
    names = [f"{number}. {each.name}" for number, each in enumerate(shown, first + 1)]

    def chosen(name: str) -> None:
        look_at(tab, shown[names.index(name)])

    key = "album_choice"
    st.selectbox(
        "Look at", names, index=None, key=key, placeholder="one of your pictures",
        on_change=heard(key, st.session_state.get(key), chosen, names),
    )  # fmt: skip


def _refused(bad: Sequence[UploadedPicture]) -> None:
    """What is wrong with the files that are no pictures: the first few at once, all others behind a line."""
    for each in bad[:_MOST_COMPLAINTS]:
        st.error(sentence(each.complaint), icon=":material/error:")
    if others := bad[_MOST_COMPLAINTS:]:
        with st.expander(f"{len(others)} more could not be read", icon=":material/error:"):
            st.dataframe([{"What is wrong": each.complaint} for each in others], hide_index=True)
