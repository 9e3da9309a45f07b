"""Durations in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Minutes and seconds, as 1:05, with hours where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def roughly(seconds: float) -> str:
    """A guess at a duration, with two digits: "about 4.2 s", "about 3:00"."""
    if seconds >= 60:
        return f"about {duration(round(seconds, -1))}"
    return f"about {seconds:.2g} s"
