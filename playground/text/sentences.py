"""How a sentence quotes a value, and names a file."""

from __future__ import annotations

import unicodedata

from playground.text.quoting import on_a_line

_WORDS = {"None": "null", "True": "true", "False": "false"}  # as they stand in JSON
_JOINERS = "\u200c\u200d"  # letters of some scripts and emoji need them
_UNSEEN = "\ufffd"
MOST_ECHOED = 80
"""Characters of a text from outside that a sentence repeats."""


def shown(value: object) -> str:
    """A value as it stands in JSON, cut short where it is long."""
    text = repr(value) if isinstance(value, str) else _in_json(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _in_json(value: object) -> str:
    try:
        return _WORDS.get(str(value), str(value))
    except ValueError:  # Python does not write out numbers of more than some thousand digits
        return "a number of thousands of digits"


def one_line(text: str, most: int = MOST_ECHOED) -> str:
    """A text from anywhere as one line, so that it can move nothing but itself.

    White space of any kind becomes single spaces. What cannot be seen, or turns the direction of the text around
    it, becomes a sign that says so, as do the halves of characters in a file's name that is no UTF-8. What is
    longer than `most` characters ends in an ellipsis.
    """
    line = " ".join(text[: 16 * most].split())  # a text may have millions
    line = line if len(line) <= most else line[: most - 1].rstrip() + "…"
    return "".join(_UNSEEN if _is_unseen(each) else each for each in line)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in _JOINERS


def printable(name: object) -> str:
    """The name of a file, whole and on one line: what cannot be seen is written as an escape."""
    return on_a_line(str(name))
