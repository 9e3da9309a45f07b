"""Waiting for t-SNE: how far it is, and how to give it up."""

from __future__ import annotations

import streamlit as st

from playground.analysis.maps import MapLayout
from playground.analysis.scores import ScoredImages
from playground.app.components.errors import show_errors
from playground.app.map.state import map_state
from playground.app.shared.job_panel import job_panel
from playground.app.shared.session import Session
from playground.interpret.embedding import Neighbourhoods
from playground.lab.lab import Lab


def tsne_of(
    lab: Lab, tab: Session, seen: ScoredImages, layout: MapLayout, perplexity: int
) -> Neighbourhoods | None:
    """The t-SNE of what is laid out; begun if it is not there, which a person can undo. None until it is there."""
    state, known = map_state(tab), lab.maps.tsne(seen, layout, perplexity, begin=False)

    def begin() -> None:
        """Begin it, and give up what this tab waited for before: only the last one is looked at."""
        before, state.tsne = state.tsne, lab.maps.tsne(seen, layout, perplexity)
        if before is not None and before is not state.tsne:
            before.cancel()

    if known is not None and known.failed and known is state.tsne:
        if known.fault is not None:
            with show_errors():
                known.result()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("t-SNE was cancelled; these are the principal components.", width="content")
            st.button("Compute it", icon=":material/play_arrow:", key="tsne_again", on_click=begin)
        return None
    if tab.playing and (known is None or known.failed):
        st.caption(":material/hourglass_empty: t-SNE of this epoch is computed when the epochs stop playing.")
        return None
    begin()
    assert state.tsne is not None
    if state.tsne.is_over:
        return state.tsne.result()
    job_panel([state.tsne], behind="; until then the principal components", cancel="tsne_cancel")
    return None
