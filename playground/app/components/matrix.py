"""A confusion matrix whose cells and heads are buttons: by mouse, by arrow keys, read aloud.

A component of our own: a heatmap of Plotly's reports no clicks, and cannot be reached by keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.app.components.bundle import script, style
from playground.app.components.received import received, whole

_HTML = '<div class="matrix"><div class="title"></div><div class="axes"></div><table></table></div>'

Place = tuple[int | None, int | None]
"""A true and a predicted class; None is any: the head of a column or row."""


def matrix(drawn: dict[str, Any], key: str, chosen: Place, save: str, choose: Callable[[Place], None]) -> None:
    """Show a confusion matrix.

    Args:
        drawn: As `matrix_figures.drawn` makes it.
        key: Of the component.
        chosen: The cell or class that is pressed.
        save: The name of the files it can be saved as.
        choose: Is told what was clicked, before the page is drawn again.
    """

    pressed = received(key, "chosen", lambda said: read_place(said, len(drawn["names"])), choose)
    data = {**drawn, "chosen": None if chosen == (None, None) else list(chosen), "save": save}
    _component()(key=key, data=data, height="content", on_chosen_change=pressed)


def read_place(said: object, classes: int) -> Place | None:
    """The cell or head that was pressed, of a matrix of so many classes; None where it has no such one."""
    if not isinstance(said, list) or len(said) != 2:
        return None
    true, predicted = (whole(each, classes) for each in said)
    return (true, predicted) if [true, predicted] == said else None


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("matrix", html=_HTML, css=style(__file__), js=script(__file__))
