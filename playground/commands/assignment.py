"""What `--set PATH=VALUE` says."""

from __future__ import annotations

import re
from typing import Any

from playground.errors import ExperimentError
from playground.text.json_text import parse_text
from playground.text.sentences import printable

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.I | re.A)
_WORDS = {"true": True, "false": False, "null": None, "none": None}


def assignment(text: str) -> tuple[str, Any]:
    """The path and the value.

    A value is JSON, or a number or a truth as they are written elsewhere: .5, 5., +5, True. All else is text.

    Raises:
        ExperimentError: It sets nothing, or it is JSON that names a setting twice.
    """
    path, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not path:
        raise ExperimentError(f'"{printable(text)}" sets nothing. Write PATH=VALUE, such as training.epochs=2.')
    if value.startswith(("{", "[")):
        try:
            return path, parse_text(value)
        except ValueError as error:
            raise ExperimentError(f"--set {printable(path)}: the value {error}.") from None
    return path, _plain(value)


def _plain(value: str) -> Any:
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if _NUMBER.fullmatch(value) and len(value) < 1000:  # Python reads no more digits
        whole = value.lstrip("+-").isdigit()
        return int(value) if whole else float(value)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":  # Windows' shell leaves them
        return value[1:-1]
    return value
