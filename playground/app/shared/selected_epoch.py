"""Which epoch of which run is looked at: the time machine of the inspection pages and of Predict.

Run and epoch stand in the URL. What a person chose last is remembered by the tab, so it holds from page to page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from playground.app.components.heard import heard
from playground.app.components.markdown import literal
from playground.app.components.refresh import auto_refresh
from playground.app.shared.address import write
from playground.app.shared.runs import pick_run
from playground.app.shared.session import Session
from playground.lab.lab import Lab
from playground.training.record import Run

Need = Literal["scores", "weights"]
STEP_SECONDS = 0.8  # between two epochs while they are played
_LOOK_UP_SECONDS = 2.0  # whether a run that is trained has a new epoch
ONCE = "The test images are evaluated once, after the last epoch."
"""Why there is no slider with the test images."""


@dataclass(frozen=True)
class SelectedEpoch:
    """A run after one of its epochs, counted from 1.

    Attributes:
        epoch: The one that is shown: its weights and scores are kept.
        asked: The one that was asked for; another one where that was dropped.
    """

    run: Run
    epoch: int
    asked: int


def pick_selected_epoch(
    lab: Lab, tab: Session, need: Need = "scores", preferred: Callable[[Run], bool] = lambda _: False
) -> SelectedEpoch | None:
    """Let the person choose a run and an epoch in the sidebar; None, and what to do, if there is no run.

    Args:
        need: What is to be looked at. Weights are there for every epoch that was kept; so are scores, but without
            validation images they are those of the test images, which are there for the last epoch alone.
        preferred: What is shown where nobody has chosen a run yet.
    """
    run = pick_run(lab, tab, preferred)
    if run is None:
        return None
    return pick_epoch(lab, tab, run, last_only=ONCE if need == "scores" and not validated(run) else "")


def validated(run: Run) -> bool:
    """Whether a run has validation images, and so class scores for every epoch."""
    return bool(run.epochs) and run.epochs[-1].validation_accuracy is not None


def pick_epoch(lab: Lab, tab: Session, run: Run, last_only: str = "") -> SelectedEpoch:
    """The epoch slider in the sidebar, with a button that plays the epochs; a sentence where there is one alone.

    Args:
        last_only: Why only the last epoch can be shown; empty if any can.
    """
    last = len(run.epochs)
    kept = lab.library.kept_epochs(run).weights or (last,)
    _read_address(tab, run)
    with st.sidebar:
        if last_only or len(kept) == 1:
            tab.playing = False
            st.caption(f":material/schedule: {_why_one(run, kept, last_only)}")
            asked = last if last_only else tab.epoch or last
        else:
            asked = _slider(tab, run, kept)
        selected = SelectedEpoch(run, last if last_only else nearest(kept, asked), asked)
        if len(kept) > 1 and selected.epoch != asked:
            st.caption(
                f":material/history: The weights of epoch {asked} were dropped to save space: this is epoch "
                f"{selected.epoch}, the nearest that was kept."
            )
        _keep_up(lab, tab, run, kept)
    if not last_only:  # else what was asked for holds again where it can be shown
        _write_address(tab, run, asked)
    return selected


def nearest(kept: Sequence[int], asked: int) -> int:
    """The kept epoch nearest to the one asked for; of two the later."""
    return min(kept, key=lambda epoch: (abs(epoch - asked), -epoch))


def _why_one(run: Run, kept: Sequence[int], last_only: str) -> str:
    if last_only:
        return last_only
    if len(run.epochs) == 1:
        return "One epoch so far." if run.state.is_live else "One epoch was trained: there is no other to choose."
    return f"Of its {len(run.epochs)} epochs only epoch {kept[0]} was kept."


def _slider(tab: Session, run: Run, kept: Sequence[int]) -> int:
    last, key = len(run.epochs), f"epoch_slider:{run.run}"

    def moved(chosen: int) -> None:
        if tab.epoch is not None or run.state.is_final:  # else it was followed, which the address cannot say
            tab.steps += 1
        tab.epoch = chosen if chosen < last else None  # at the end it goes along with a run that grows
        tab.playing = False

    def play() -> None:
        tab.playing = not tab.playing
        if tab.playing and tab.epoch in (None, last):
            tab.epoch = kept[0]

    asked = last if tab.epoch is None else min(tab.epoch, last)
    st.session_state[key] = asked  # the tab knows better: a button or another page may have moved it
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            "Epoch", 1, last, key=key, on_change=heard(key, asked, moved, range(1, last + 1)), width="stretch",
            help="The network after this epoch. The whole page follows.",
        )  # fmt: skip
        playing = tab.playing
        st.button(
            "Stop playing" if playing else "Play", key="play", on_click=play, width="content",
            icon=":material/stop:" if playing else ":material/play_arrow:",
            help="Stays at this epoch." if playing else "Plays the epochs, and starts again at the end.",
        )  # fmt: skip
    return asked


def _keep_up(lab: Lab, tab: Session, run: Run, kept: Sequence[int]) -> None:
    """Go to the next epoch while they are played, and hear of new ones while the run is trained. Else nothing."""
    begun = False

    def tick() -> None:
        nonlocal begun
        if not begun:  # this is the page itself, not yet the timer
            begun = True
            return
        if tab.playing:
            _to_the_next(tab, len(run.epochs), kept)
            st.rerun()
        now = lab.library.run(run.run)
        if (len(now.epochs), now.state.is_live) != (len(run.epochs), run.state.is_live):
            st.rerun()

    auto_refresh(tick, tab.playing or run.state.is_live, STEP_SECONDS if tab.playing else _LOOK_UP_SECONDS)


def _to_the_next(tab: Session, last: int, kept: Sequence[int]) -> None:
    later = [epoch for epoch in kept if epoch > (tab.epoch or last)]
    tab.epoch = later[0] if later and later[0] < last else None
    tab.playing = len(later) > 1


def _read_address(tab: Session, run: Run) -> None:
    """Take the epoch of the address, if it was not written there by this tab; one that cannot be is named."""
    said = st.query_params.get("epoch")
    if said is None or said == tab.epoch_written:
        return
    last, tab.epoch_written = len(run.epochs), said
    known = said.isdecimal() and len(said) < 9 and 1 <= int(said) <= last
    tab.epoch = int(said) if known else None
    if tab.epoch is None:
        st.warning(
            f'There is no epoch "{literal(said)}" of this run, which has {last}: the last is shown instead.',
            icon=":material/link_off:",
        )
    if tab.epoch == last and run.state.is_final:
        tab.epoch = None


def _write_address(tab: Session, run: Run, asked: int) -> None:
    """A link opens what is seen; that of a run which is followed while it grows opens its newest epoch."""
    followed = tab.epoch is None and run.state.is_live
    said = None if followed or "run" not in st.query_params else str(asked)
    if said == st.query_params.get("epoch"):
        return
    tab.epoch_written = said
    write("epoch", said)
