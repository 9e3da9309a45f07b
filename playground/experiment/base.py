"""The base of all settings, and the ranges that several of them share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from playground.text.sentences import shown

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Dropout = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a time can be shown in any zone and compared with any other."""


def _instant(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError(f"{shown(time.isoformat())} does not say its zone. Add it, such as +00:00")
    if not EARLIEST <= time < LATEST:
        raise ValueError(
            f"{shown(time.isoformat())} is no time at which anything was made. "
            f"Give one from {EARLIEST.year} to {LATEST.year - 1}"
        )
    return time


Instant = Annotated[datetime, AfterValidator(_instant)]
"""A time with its zone, in the years in which something of ours can have been made."""


class Frozen(BaseModel):
    """A value that never changes after it was built; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
