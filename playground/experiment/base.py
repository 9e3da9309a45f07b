"""The base of all settings, and the ranges that several of them share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from playground.text.sentences import shown

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


@dataclass(frozen=True)
class Setting:
    """What a field of a model is to a person; it stands among the field's annotations.

    Attributes:
        label: Its name on the screen.
        help: A sentence or two about it.
        step: Of a number's arrows; None leaves it to the widget.
    """

    label: str
    help: str
    step: float | None = None


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

    leading: ClassVar[tuple[str, ...]] = ()
    """The settings that come first in a form; the others follow in the order of the model."""

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Its fields that are settings, in the order of a form."""
        found = {
            name: each
            for name, field in cls.model_fields.items()
            for each in field.metadata
            if isinstance(each, Setting)
        }
        return {name: found[name] for name in (*cls.leading, *found)}
