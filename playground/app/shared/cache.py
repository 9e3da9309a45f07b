"""What the whole process shares: its lab."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from playground.lab.lab import Lab
from playground.lab.settings import load_settings

T = TypeVar("T")


class Once(Generic[T]):
    """Makes a value for the first who asks, and gives it to all who ask later, from any thread.

    Streamlit's own caches do not do for what a process must have one of: any visitor can empty them, with a key or
    with a message, and the next page would make a second lab that knows nothing of what the first one trains.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: tuple[T, ...] = ()

    def __call__(self) -> T:
        """The value; what `make` raises is raised here, and it is tried again the next time."""
        with self._lock:
            if not self._made:
                self._made = (self._make(),)
            return self._made[0]

    def clear(self) -> None:
        """Forget it: for tests, which have a home each."""
        with self._lock:
            self._made = ()


lab: Once[Lab] = Once(lambda: Lab(load_settings()))
"""The lab of this process: `lab()`."""
