"""The base of all settings, and the number ranges that several of them share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Dropout = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class Frozen(BaseModel):
    """A value that never changes after it was built; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
