"""The pinboard: pictures that are pinned, and what a run's network says of each after every epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.analysis.pinboard import Board
from playground.analysis.pins import MOST, Pin, pin_of
from playground.app.components.errors import show_errors
from playground.app.components.gallery import contact_sheet, sheet_size
from playground.app.components.markdown import literal, sentence
from playground.app.components.streams import streams
from playground.app.shared.job_panel import progress_bar
from playground.app.shared.navigation import FAILURES, PREDICT
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.runs.pinned_log import Probabilities
from playground.training.record import Run

_MOST_NAMED = 8  # epochs in a sentence


def pin_button(lab: Lab, tab: Session, image: NDArray[np.uint8], name: str, truth: str | None = None) -> None:
    """A button that pins an image, uint8 [28, 28] as a network sees it, or unpins it."""
    pins = lab.pinboard.pins
    known = next((pin for pin in pins.found().pins if pin.pin == pin_of(image)), None)
    if known is None:
        asked = st.button(
            "Pin it", icon=":material/keep:", key="pin",
            help="Keeps it on the pinboard of the Train page. It is predicted after every epoch.",
        )  # fmt: skip
    else:
        asked = st.button(
            "Unpin", icon=":material/keep_off:", key="unpin", help=f"It is pinned as {literal(known.name)}."
        )
    if asked:
        with show_errors():
            if known is None:
                pins.pin(image, name, truth)
            else:
                _unpin(lab, tab, known.pin)
            st.rerun()


def is_moving(lab: Lab, run: Run) -> bool:
    """Whether something new may be seen of a run: it is trained, or its epochs are being asked about pins."""
    return run.state.is_live or bool(lab.pinboard.board(run).behind)


def pinboard_panel(lab: Lab, tab: Session, run: Run, on_predict: bool = False) -> None:
    """All pins with what the run's network says of them, as far as it has come; what to do if there is none.

    `on_predict` says that it stands on the Predict page, which then needs no link.
    """
    board = lab.pinboard.board(run)
    st.subheader("Pinboard")
    for problem in board.problems:
        st.caption(f":material/warning: {sentence(problem)}")
    _undo(lab, tab)
    if not board.pins:
        st.caption("Pin a picture, and its prediction is drawn here after every epoch of a training.")
        with st.container(horizontal=True):
            if not on_predict:
                st.page_link(PREDICT.script, label="Your own picture", icon=PREDICT.icon)
            st.page_link(FAILURES.script, label="A failure", icon=FAILURES.icon)
        return
    with st.container(key="pinboard"):
        streams(_as_json(board, _span(run)), "streams", lambda pin: look_at(board, tab, pin), _unpinner(lab, tab))
    if tab.looks:
        tab.looks = False
        st.switch_page(PREDICT.script)
    if lab.is_warm and (job := lab.pinboard.catch_up(run)) is not None:  # what was not asked while it trained
        progress_bar(job.progress)
    st.caption(
        f"{len(board.pins)} of at most {MOST} pins. The height of a band is the probability of a class, from 0 to "
        "100%; the lowest is the true class where it is known, else the most frequent prediction. Point at an "
        f"epoch, or use the arrow keys, to read it in all of them.{_lost(board)}"
    )


def _lost(board: Board) -> str:
    if not board.lost:
        return ""
    named = ", ".join(map(str, board.lost[:_MOST_NAMED])) + (", ..." if len(board.lost) > _MOST_NAMED else "")
    return f" Pins that are newer than the training miss epoch {named}, whose weights were not kept."


def _span(run: Run) -> int:
    """Epochs on the axis: all that are planned while it trains, so that the stream grows into its place."""
    return run.experiment.training.epochs if run.state.is_live else max(1, len(run.epochs))


@lru_cache(maxsize=8)
def _as_json(board: Board, span: int) -> str:
    """A board as the component reads it; made once for each that is new."""
    columns, rows = sheet_size(len(board.pins))
    return json.dumps(
        {
            "names": CLASS_NAMES,
            "sheet": contact_sheet(np.stack([pin.image for pin in board.pins])),
            "columns": columns,
            "rows": rows,
            "span": span,
            "label": "Pinned pictures and their predictions",
            "tiles": [_tile(pin, stream) for pin, stream in zip(board.pins, board.streams, strict=True)],
        },
        separators=(",", ":"),
    )


def _tile(pin: Pin, stream: Mapping[int, Probabilities]) -> dict[str, object]:
    truth = None if pin.truth is None else CLASS_NAMES.index(pin.truth)
    shares = [[round(1000 * share) for share in each] for each in stream.values()]
    return {"pin": pin.pin, "name": pin.name, "truth": truth, "epochs": list(stream), "shares": shares}


def look_at(board: Board, tab: Session, pin: str) -> None:
    """Ask about a pinned picture on the Predict page."""
    from playground.app.shared.picture import in_form  # its canvas can only be imported once the server runs

    for each in board.pins:
        if each.pin == pin:
            tab.own = tab.picture = in_form(each.name, each.image.copy(), each.truth)
            tab.looks = True


def _unpinner(lab: Lab, tab: Session) -> Callable[[str], None]:
    def unpin(pin: str) -> None:
        with show_errors():
            _unpin(lab, tab, pin)

    return unpin


def _unpin(lab: Lab, tab: Session, pin: str) -> None:
    tab.unpinned = lab.pinboard.pins.unpin(pin) or tab.unpinned


def _undo(lab: Lab, tab: Session) -> None:
    """What was unpinned last, to be brought back."""
    gone, pins = tab.unpinned, lab.pinboard.pins
    if gone is None or any(pin.pin == gone.pin for pin in pins.found().pins):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{literal(gone.name)} is not pinned any more.", width="content")
        if st.button("Undo", icon=":material/undo:", key="repin"):
            with show_errors():
                pins.bring_back(gone)
                tab.unpinned = None
                st.rerun()
