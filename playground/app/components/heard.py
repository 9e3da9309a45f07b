"""A change of a widget is heard once."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import streamlit as st


def heard(
    key: str, shown: object, act: Callable[[Any], None], among: Container[Any] | None = None
) -> Callable[[], None]:
    """What a widget is given as `on_change`: `act` is told a value that is not the one shown.

    A widget that has left the screen, because its key or its page is another by now, is still named in what the
    browser sends until it has cleaned up, and a panel that refreshes itself sends something every second.
    Streamlit takes that for a change and calls again: what was chosen before would be done once more.

    Args:
        key: Of the widget.
        shown: The value that the widget is drawn with.
        act: Is told the value that a person gave it, before the page is drawn.
        among: What it may be: a message that was written by hand may say anything else, which is not heard.
    """
    last = shown

    def changed() -> None:
        nonlocal last
        value = st.session_state[key]
        if value != last and (among is None or value in among):
            last = value
            act(value)

    return changed
