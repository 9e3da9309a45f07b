"""Waiting for the background."""

import time
from collections.abc import Callable


def until(happens: Callable[[], bool]) -> None:
    """Wait for something in the background; two minutes are far more than it takes."""
    deadline = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < deadline, "it did not happen within two minutes"
        time.sleep(0.005)
