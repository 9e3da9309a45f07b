"""What a browser says of a component of our own: anything at all, since a message can be written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def received(
    key: str, event: str, read: Callable[[object], T | None], act: Callable[[T], None]
) -> Callable[[], None]:
    """What a component is given as `on_<event>_change`: `act` is told what `read` made of what was sent.

    Args:
        key: Of the component.
        event: As its script names it.
        read: Makes a value of it, or None where it is no such thing: then nothing happens.
        act: Is told the value, before the page is drawn.
    """

    def changed() -> None:
        said = st.session_state.get(key)
        value = read(said.get(event)) if isinstance(said, Mapping) else None
        if value is not None:
            act(value)

    return changed


def whole(value: object, below: int) -> int | None:
    """A whole number from 0 to `below` - 1."""
    return value if type(value) is int and 0 <= value < below else None


def several(value: object, below: int) -> tuple[int, ...] | None:
    """Whole numbers from 0 to `below` - 1, at most so many."""
    if not isinstance(value, list | tuple) or len(value) > below:
        return None
    numbers = tuple(each for each in value if whole(each, below) is not None)
    return numbers if len(numbers) == len(value) else None


def word(value: object, most: int) -> str | None:
    """A text of 1 to `most` characters."""
    return value if isinstance(value, str) and 0 < len(value) <= most else None
