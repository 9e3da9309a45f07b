"""What one browser tab knows: the experiment being edited and the run being looked at."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from playground.experiment.experiment import Experiment
from playground.experiment.presets import DEFAULT_PRESET, PRESETS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playground.analysis.pins import Pin
    from playground.app.shared.picture import Picture, UploadedPicture

State = TypeVar("State")
Document = dict[str, Any]
Step = tuple[str, Document]
"""A preset, and what was made of it."""

MOST_UNDO = 50
"""Steps that can be undone."""


def _default() -> Document:
    return PRESETS[DEFAULT_PRESET].experiment.model_dump(mode="json")


def _first() -> Step:
    return DEFAULT_PRESET, _default()


@dataclass
class Session:
    """State of a tab; the truth behind widgets, whose own values vanish when their page is left.

    Attributes:
        draft: The experiment as it stands in the sidebar, as a JSON document: it may be wrong for a while.
        preset: The preset it came from.
        revision: Part of every widget's key. Raised when the draft changes behind the widgets' back.
        undo: Earlier drafts, the last one last; `redo` are those that were undone, the next one last.
        noted: The draft as it was when it last became a step that can be undone.
        begun: Tells the browser that this is another session; `heard`, that it gave what it kept for the tab.
        steps: How often the person went on to something else; each is an entry of the browser's history.
        shut: How often the sidebar is to be shut where it lies over the page.
        run: The run that the inspection pages look at; None is the newest.
        epoch: The epoch they look at; None is the last, also of a run that grows. `epoch_written` is what this tab
            put into the address, `playing` whether the epochs pass by themselves.
        opened: Which images, and the number of the one that is opened.
        watched: The run that the Train page shows, whatever is looked at elsewhere.
        runs_chosen: The runs that are chosen on the Runs page, whatever rows its table shows.
        deleted: Runs that this tab deleted, with their names, one mapping for each press of the button; undo takes
            the last. `complaints` tell of those that were not, once.
        picture: What the network is asked about; `own` is the last one that the person drew or uploaded.
        notice: What became of the experiment in a link.
        album: The files that were uploaded, with their numbers in `upload_ids`.
        bench: An image of the data set under the canvas, uint8 [28, 28], to be painted over; `bench_name` says
            which it is, and `bench_number` counts them.
        unpinned: The pin that was taken away last, so that it can be brought back.
        looks: A pinned picture was chosen to be asked about on the Predict page.
        drawing: The strokes on the canvas; `kept_drawing` are those the canvas is to start with.
        of_pages: What single pages know, see `of_page`.
    """

    draft: Document = field(default_factory=_default)
    preset: str = DEFAULT_PRESET
    revision: int = 0
    undo: list[Step] = field(default_factory=list)
    redo: list[Step] = field(default_factory=list)
    noted: Step = field(default_factory=_first)
    begun: str = field(default_factory=lambda: secrets.token_hex(8))
    heard: bool = False
    steps: int = 0
    shut: int = 0
    run: str | None = None
    epoch: int | None = None
    epoch_written: str | None = None
    playing: bool = False
    opened: tuple[str, int] | None = None
    watched: str | None = None
    runs_chosen: tuple[str, ...] = ()
    deleted: tuple[dict[str, str], ...] = ()
    complaints: tuple[str, ...] = ()
    notice: str = ""
    picture: Picture | None = None
    own: Picture | None = None
    album: tuple[UploadedPicture, ...] = ()
    upload_ids: tuple[str, ...] = ()
    bench: NDArray[np.uint8] | None = None
    bench_name: str = ""
    bench_number: int = 0
    unpinned: Pin | None = None
    looks: bool = False
    drawing: Document | None = None
    drawing_fingerprint: str = ""
    kept_drawing: Document | None = None
    of_pages: dict[type, Any] = field(default_factory=dict)

    def of_page(self, kind: type[State]) -> State:
        """What one page knows: a dataclass that stands beside the page, made when it is first asked for."""
        state: State = self.of_pages.setdefault(kind, kind())
        return state

    def note(self) -> None:
        """What became of the draft since the last time is a step that can be undone."""
        now = self.preset, copy.deepcopy(self.draft)
        if now != self.noted:
            self.undo = [*self.undo, self.noted][-MOST_UNDO:]
            self.noted, self.redo = now, []

    def replace(self, draft: Document, preset: str | None = None) -> None:
        """Put another draft under the widgets; the old one can be brought back."""
        self.note()
        self._put((preset or self.preset, draft))
        self.note()

    def load_preset(self, name: str) -> None:
        """Start from a preset."""
        experiment: Experiment = PRESETS[name].experiment
        self.replace(experiment.model_dump(mode="json"), name)

    def back(self) -> None:
        """Undo the last change."""
        self.note()
        if self.undo:
            self.redo.append(self.noted)
            self._put(self.undo.pop())
            self.noted = self.preset, copy.deepcopy(self.draft)

    def forth(self) -> None:
        """Do again what was undone last."""
        self.note()
        if self.redo:
            self.undo.append(self.noted)
            self._put(self.redo.pop())
            self.noted = self.preset, copy.deepcopy(self.draft)

    def take_up(self, undo: list[Step], now: Step, redo: list[Step]) -> None:
        """Go on from the drafts of an earlier session; what this one has changed already lies on top."""
        self.note()
        if self.undo:
            self.undo = [*undo, now, *self.undo[1:]][-MOST_UNDO:]
        else:
            self.undo, self.redo = undo, redo
            self._put(now)
            self.noted = self.preset, copy.deepcopy(self.draft)

    def _put(self, step: Step) -> None:
        self.preset, self.draft = step
        self.revision += 1


def session() -> Session:
    """The state of this tab."""
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    found: Session = st.session_state["session"]
    return found
