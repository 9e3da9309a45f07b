"""The sections of the Inside page. Imports torch: pages import this once it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from playground.app.components.markdown import literal
from playground.app.components.one_of import one_of
from playground.app.inside.ablation import ablation_view
from playground.app.inside.choices import pick_image
from playground.app.inside.feature_maps import maps_view
from playground.app.inside.statistics import statistics_view
from playground.app.inside.top_activations import top_view
from playground.app.inside.trace import value_view
from playground.app.shared.attributions import attributions_view
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.session import Session
from playground.app.shared.words import after_training
from playground.lab.lab import Lab


@dataclass(frozen=True)
class Section:
    """A part of the page: what it shows in a sentence, and how; `of_an_image` parts are given one."""

    words: str
    of_an_image: bool
    show: Callable[..., None]


SECTIONS: Mapping[str, Section] = {
    "Maps": Section("The output of every layer for one image, and the weights of the layer.", True, maps_view),
    "One value": Section("How one value of a layer is computed: patch times kernel plus bias.", True, value_view),
    "Attributions": Section("Which pixels contribute to a class score, by four methods.", True, attributions_view),
    "Top images": Section("The images with the largest activations of each filter.", False, top_view),
    "Ablation": Section("Ablation: mute filters and see how the accuracy changes.", False, ablation_view),
    "Statistics": Section(
        "Activations and gradients of every layer over the epochs; dead ReLUs.", False, statistics_view
    ),
}


def inside_view(lab: Lab, tab: Session, selected: SelectedEpoch) -> None:
    """Choose a section and see it."""
    name = one_of(
        "Look at", tuple(SECTIONS), default="Maps", key="section", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    section = SECTIONS[name]
    st.caption(f"{section.words} {literal(selected.run.name)}, {after_training(selected.run, selected.epoch)}.")
    if not section.of_an_image:
        section.show(lab, selected)
        return
    shown = pick_image(lab, tab, selected)
    if shown is not None:
        section.show(lab, selected, shown)
