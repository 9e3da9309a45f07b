"""Waiting for a map: how far it is, how long it will take, and how to give it up."""

from __future__ import annotations

import streamlit as st

from playground.core.embedding import ITERATIONS, Neighbourhoods
from playground.services.chores import Chore
from playground.services.lab import Lab
from playground.services.looking import Judged
from playground.services.maps import Laid
from playground.services.tsne import Tsne
from playground.ui.live import watched
from playground.ui.session import Session
from playground.ui.words import roughly

_PATIENCE = 1.0  # seconds in which most things are there: no bar that flashes by
_LOOK_UP = 0.4


def awaited(chore: Chore[Laid], words: str) -> bool:
    """Whether it is there; if not, a bar, and the page once more when it is."""
    if chore.wait(_PATIENCE):
        return True

    def panel() -> None:
        chore.still_wanted()
        left = f", {roughly(chore.seconds_left)} left" if chore.seconds_left else ""
        st.progress(chore.fraction, f"{words}{left}")
        if chore.is_over:
            st.rerun()

    watched(panel, live=True, every=_LOOK_UP)
    return False


def tsne_of(lab: Lab, tab: Session, seen: Judged, laid: Laid, perplexity: int) -> Neighbourhoods | None:
    """The t-SNE of what is laid out; begun if it is not there, which a person can undo. None until it is there."""
    begun = lab.maps.tsne(seen, laid, perplexity, begin=False)
    if begun is None and tab.playing:
        st.caption(":material/hourglass_empty: t-SNE of this epoch is worked out when the epochs stop passing.")
        return None
    if begun is None or not begun.is_cancelled:
        begun = _begin(lab, tab, seen, laid, perplexity)
    if begun.is_cancelled:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("t-SNE was given up; these are the principal components.", width="content")
            if st.button("Work it out", icon=":material/play_arrow:", key="tsne_again"):
                _begin(lab, tab, seen, laid, perplexity)
                st.rerun()
        return None
    if begun.wait(_PATIENCE if begun.iterations == ITERATIONS else 0.0):
        return begun.result()
    _progress(begun)
    return None


def _begin(lab: Lab, tab: Session, seen: Judged, laid: Laid, perplexity: int) -> Tsne:
    """Begin it, and give up what this tab waited for before: only the last one is looked at."""
    begun = lab.maps.tsne(seen, laid, perplexity)
    assert begun is not None
    if tab.tsne is not None and tab.tsne is not begun and not tab.tsne.is_over:
        tab.tsne.cancel()
    tab.tsne = begun
    return begun


def _progress(begun: Tsne) -> None:
    def panel() -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="tsne_progress"):
            st.progress(begun.fraction, _how_far(begun), width="stretch")
            st.button("Cancel", icon=":material/close:", key="tsne_cancel", on_click=begun.cancel)
        if begun.is_over:
            st.rerun()

    watched(panel, live=True, every=_LOOK_UP)


def _how_far(begun: Tsne) -> str:
    if begun.is_held:
        return "t-SNE stands still while a network is trained; until then the principal components"
    if not begun.iterations:
        return "t-SNE looks for neighbours; until it is done the principal components"
    left = f", {roughly(begun.seconds_left)} left" if begun.seconds_left else ""
    return f"t-SNE: {begun.iterations:,} of {ITERATIONS:,} iterations{left}; until then the principal components"
