"""Text that may come from anywhere, for places where some characters mean something: one function a place.

A sentence quotes a value with `shown`; a place that reads Streamlit's Markdown takes `app.shared.words.literal`.
"""

from __future__ import annotations

import re
import unicodedata

_ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Kinds of characters that are not seen but do something: end a line, turn the writing round, steer a terminal."""
_JOINERS = "\u200c\u200d"  # of scripts and of emoji


def on_a_line(text: str) -> str:
    """Text for a line of a terminal or of a log: what would end the line, or act, stands there as its number."""
    return "".join(_visible(each) for each in text)


def in_docstring(text: str) -> str:
    """Text for within a docstring of a generated script: one line, whose value is the text as it was given."""
    return on_a_line(text.replace("\\", "\\\\").replace('"', '\\"'))


def in_code_span(text: str) -> str:
    """Text as a code span of a Markdown document, with its backticks."""
    line = on_a_line(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    edge = " " if line[:1] in ("`", " ") or line[-1:] in ("`", " ") else ""
    return f"{fence}{edge}{line}{edge}{fence}"


def _visible(letter: str) -> str:
    if unicodedata.category(letter) not in _ACTING or letter in _JOINERS:
        return letter
    return letter.encode("unicode_escape").decode("ascii")
