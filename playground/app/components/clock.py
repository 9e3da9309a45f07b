"""Times as the person at the screen reads them: in the zone of their browser, and with its name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def zone() -> ZoneInfo | None:
    """The zone of the browser; None where that is not known: then it is this machine's."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def when(time: datetime, at: ZoneInfo | None) -> str:
    """A time in a zone, or in this machine's, such as "30 Nov 22:07 JST"."""
    there = time.astimezone(at)
    name = f"{there:%Z}"
    return f"{there:%d %b %H:%M} {name if name.isalpha() else f'UTC{name}'}"
