"""The draft outlives its session: the browser keeps it for the tab, over a reload or a restart of the server."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.components.bundle import script
from playground.app.components.received import received, word
from playground.app.shared.session import MOST_UNDO, Session, Step
from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.experiment.link import packed, unpacked
from playground.experiment.presets import DEFAULT_PRESET, PRESETS

_MOST_LETTERS = 1_000_000  # 50 of the largest experiments have a tenth of it
_MOST_BYTES = 10_000_000


def keep_draft(tab: Session) -> None:
    """Give the browser the draft, with what can be undone, and take up what it kept of the session before."""

    def found(kept: str) -> None:
        tab.heard = True
        take_up(tab, kept)

    changed = bool(tab.undo or tab.redo)
    data = {"session": tab.begun, "heard": tab.heard, "draft": kept_word(tab) if changed else None}
    heard = received("kept_draft", "found", lambda said: word(said, _MOST_LETTERS), found)
    _component()(key="kept_draft", data=data, height="content", on_found_change=heard)


def kept_word(tab: Session) -> str:
    """The draft and its steps in one word; `take_up` reads it."""
    return packed({"undo": tab.undo, "now": tab.noted, "redo": tab.redo})


def take_up(tab: Session, kept: str) -> None:
    """Put back what `kept_word` wrote, as far as it can still be: it may be of another version, or damaged."""
    try:
        steps = unpacked(kept, _MOST_LETTERS, _MOST_BYTES)
        undo, redo, now = _valid(steps["undo"]), _valid(steps["redo"]), _valid([steps["now"]])
    except (ExperimentError, KeyError, TypeError, ValueError):
        return
    if now or undo:  # what was wrong for a while is left out: the last that was right
        tab.take_up(undo, now[0] if now else undo.pop(), redo)


def _valid(steps: list[Any]) -> list[Step]:
    found: list[Step] = []
    for preset, document in steps[-MOST_UNDO:]:
        try:
            experiment = Experiment.parse(document)
        except ExperimentError:
            continue
        found.append((preset if preset in PRESETS else DEFAULT_PRESET, experiment.model_dump(mode="json")))
    return found


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("kept_draft", html="<span></span>", js=script(__file__))
