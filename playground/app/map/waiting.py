"""Waiting for t-SNE: how far it is, how long it will take, and how to give it up."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.analysis.maps import MapLayout
from playground.analysis.scores import ScoredImages
from playground.analysis.tsne import Tsne
from playground.app.components.errors import show_errors
from playground.app.components.refresh import auto_refresh
from playground.app.map.state import map_state
from playground.app.shared.session import Session
from playground.app.shared.words import roughly
from playground.interpret.embedding import ITERATIONS, Neighbourhoods
from playground.lab.lab import Lab

_LOOK_UP = 0.4  # seconds


def tsne_of(lab: Lab, tab: Session, seen: ScoredImages, laid: MapLayout, perplexity: int) -> Neighbourhoods | None:
    """The t-SNE of what is laid out; begun if it is not there, which a person can undo. None until it is there."""
    begun = lab.maps.tsne(seen, laid, perplexity, begin=False)
    if begun is not None and begun.came_to_nothing and begun is map_state(tab).tsne:
        _offer_again(begun, lambda: _begin(lab, tab, seen, laid, perplexity))
        return None
    if tab.playing and (begun is None or begun.came_to_nothing):
        st.caption(":material/hourglass_empty: t-SNE of this epoch is worked out when the epochs stop passing.")
        return None
    _begin(lab, tab, seen, laid, perplexity)
    begun = map_state(tab).tsne
    assert begun is not None
    if begun.is_over:
        return begun.result()
    _progress(begun)
    return None


def _begin(lab: Lab, tab: Session, seen: ScoredImages, laid: MapLayout, perplexity: int) -> None:
    """Begin it, and give up what this tab waited for before: only the last one is looked at."""
    begun = lab.maps.tsne(seen, laid, perplexity)
    state = map_state(tab)
    if state.tsne is not None and state.tsne is not begun:
        state.tsne.cancel()
    state.tsne = begun


def _offer_again(begun: Tsne, begin: Callable[[], None]) -> None:
    with show_errors():  # what went wrong, if it was that
        begun.result()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("t-SNE was given up; these are the principal components.", width="content")
        st.button("Work it out", icon=":material/play_arrow:", key="tsne_again", on_click=begin)


def _progress(begun: Tsne) -> None:
    def panel() -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="tsne_progress"):
            st.progress(begun.fraction, _how_far(begun), width="stretch")
            st.button("Cancel", icon=":material/close:", key="tsne_cancel", on_click=begun.cancel)
        if begun.is_over:
            st.rerun()

    auto_refresh(panel, live=True, every=_LOOK_UP)


def _how_far(begun: Tsne) -> str:
    if begun.is_held:
        return "t-SNE stands still while a network is trained; until then the principal components"
    if not begun.iterations:
        return "t-SNE looks for neighbours; until it is done the principal components"
    left = f", {roughly(begun.seconds_left)} left" if begun.seconds_left else ""
    return f"t-SNE: {begun.iterations:,} of {ITERATIONS:,} iterations{left}; until then the principal components"
