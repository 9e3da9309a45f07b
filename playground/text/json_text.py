"""JSON that people may have written: read whole and as it is meant, or refused in a sentence."""

from __future__ import annotations

import json
from typing import Any

from playground.text.file_signature import nature
from playground.text.sentences import shown

MOST_BYTES = 1 << 20  # the largest experiment has a hundredth of it
_NO_JSON = "is not a JSON document: "
_HINTS = {
    "/": "JSON has no comments: remove them",
    "#": "JSON has no comments: remove them",
    "'": "texts stand in double quotation marks",
    "T": "true is written small",
    "F": "false is written small",
    "N": "nothing is written null",
    ".": "a number needs a digit before its point, as in 0.5",
}


def parse_file(content: bytes) -> Any:
    """What a file says, in UTF-8, or in the UTF-16 or UTF-32 that editors and shells of Windows write.

    Raises:
        ValueError: It is no JSON, or too long; in words that follow the file's name.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"has more than {MOST_BYTES:,} bytes, which no experiment has")
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            _NO_JSON + "it is " + (nature(content) or _not_in(encoding, content, error.start))
        ) from None
    return parse_text(text)


def parse_text(text: str) -> Any:
    """What a text says.

    Raises:
        ValueError: It is no JSON, names a setting twice, or is nested too deeply; in words that follow its name.
    """
    if not text.strip():
        raise ValueError(f"{_NO_JSON}it is empty")
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise ValueError(_NO_JSON + _complaint(text, error)) from None
    except RecursionError:
        raise ValueError(f"{_NO_JSON}it is nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; what is said twice would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        values = " and ".join(shown(value) for name, value in pairs if name == twice)
        raise ValueError(f"names {shown(twice)} more than once, as {values}. Leave one of them")
    return found


def _not_in(encoding: str, content: bytes, at: int) -> str:
    line = content.count(b"\n", 0, at) + 1
    name = encoding.removesuffix("-sig").upper()
    return f"no text in {name}: byte 0x{content[at]:02x} in line {line} is none of it. Save it as UTF-8"


def _complaint(text: str, error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    rest = text[error.pos :].strip()
    if not rest:
        return f"it is cut off in {place}"
    found = shown(rest.split("\n")[0].rstrip())
    return f"in {place} stands {found}{_hint(text[: error.pos].rstrip(), rest) or f' ({error.msg})'}"


def _hint(before: str, rest: str) -> str:
    if rest.lstrip(", \t\r\n").startswith(("}", "]")) and (before.endswith(",") or rest.startswith(",")):
        return "; the comma before the closing bracket has to go"
    if rest[0] in _HINTS:
        return f"; {_HINTS[rest[0]]}"
    return "" if before else '; an experiment begins with "{"'
