"""Text that may come from anywhere, made safe for places that read Markdown or HTML."""

from __future__ import annotations

import html
import re
import unicodedata

from playground.text.sentences import MOST_ECHOED, one_line

SENTENCE = 1000
"""Characters of a whole sentence from another package, which may quote several texts."""


_MARKS = re.compile(r"[\\`*\[\]<~$]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])")  # wherever they stand


_BLOCK = re.compile(r"^(\d*)([#+=>|.)-])")  # at the beginning: headings, lists, quotations, rules


_LATER = re.compile(  # what Streamlit looks for in text that is parsed already, where no backslash helps
    r":(?=[\w+:/-])"  # emoji, icons, colours, addresses
    r"|@"
    r"|www(?=\.)"
    r"|(?<!\S)[<>~-](?=[=>-]{1,2}(?!\S))",  # arrows and dashes
    re.IGNORECASE,
)


_RIGHT_TO_LEFT = ("R", "AL")


def literal(text: str, most: int = MOST_ECHOED) -> str:
    """Text that may come from anywhere, such as the name of a file, for a place that reads Markdown.

    It is shown as it stands, on one line, at most `most` characters of it. What a person typed, what was imported
    and what stands in an address comes through here, without exception; what other packages say comes
    through `sentence`.
    """
    line = one_line(text, most)
    broken = _LATER.sub("\\g<0>\u200b", line)  # a space of no width
    safe = _BLOCK.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", broken))
    turns = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line)
    return f"\u2068{safe}\u2069" if turns else safe  # its direction is its own


def sentence(said: object) -> str:
    """What another package says, an error for instance, for a place that reads Markdown."""
    return literal(str(said), SENTENCE)


def in_figure(text: str) -> str:
    """Text that may come from anywhere, for a figure: Plotly reads some HTML, links among it."""
    return html.escape(one_line(text), quote=False)
