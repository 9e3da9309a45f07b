"""Waiting for the background, and reading what a page says."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest


def until(happens: Callable[[], bool]) -> None:
    """Wait for something in the background; a minute is far more than it takes."""
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.05)


def said(test: AppTest) -> str:
    """All that a page says in text, to look for sentences in."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
