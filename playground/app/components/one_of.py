"""One of a few choices that stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def one_of(label: str, options: Sequence[T], default: T, key: str, **more: Any) -> T:
    """Show segments of which one is always chosen, and return it; `more` is for `st.segmented_control`.

    That a choice cannot be let go is the browser's affair alone: an address or a message may name none.
    """
    chosen = st.segmented_control(label, options, default=default, key=key, required=True, **more)
    return chosen if chosen in options else default
