"""Images as rows of text: a header, then row after row a label and 784 pixels, with commas between them.

A block of rows is read at once, by rules that say no more than right or wrong; only where a block is wrong is it
looked at value by value, for the sentence.
"""

from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from playground.data.classes import CLASSES, SIDE
from playground.errors import DataError

COLUMNS = ("label", *(f"pixel{number}" for number in range(1, SIDE * SIDE + 1)))
LONGEST_ROW = 4 * len(COLUMNS) + 1  # bytes: three digits and a comma each, and two characters at the line's end

_HIGHEST = np.array([CLASSES - 1] + [255] * (SIDE * SIDE), np.uint16)  # what each column may hold
_ZERO, _NINE, _COMMA, _NEWLINE = (ord(character) for character in "09,\n")


def check_header(line: bytes, name: str) -> None:
    """Raise DataError unless a file's first line names its 785 columns; `name` is what messages call the file."""
    found = line.removesuffix(b"\n").split(b",")
    if not line:
        raise DataError(f"{name} is empty.")
    if found[0].isdigit():
        raise DataError(f"{name} has no header: its first line has to be label,pixel1 and so on to pixel784.")
    expected = [column.encode() for column in COLUMNS]
    for number, (value, column) in enumerate(zip_longest(found, expected), 1):
        if value is None:
            raise DataError(f"{name}: its header ends after {len(found)} of {len(COLUMNS)} columns.")
        if column is None:
            raise DataError(f"{name}: its header goes on after {len(COLUMNS)} columns with {_shown(value)}.")
        if value != column:
            raise DataError(f"{name}: column {number} of its header is {_shown(value)}, not '{column.decode()}'.")


def parse_rows(text: bytes, first: int, name: str) -> npt.NDArray[np.uint8]:
    """Read whole lines as rows [n, 785] of a label, 0 to 9, and 784 pixels, 0 to 255.

    `first` is the number of the first line in the file, `name` what a message calls the file. Lines end with a
    newline; the last one need not. Raises DataError naming the first line and value that are wrong.
    """
    rows = _rows(text if text.endswith(b"\n") else text + b"\n")
    if rows is None:
        raise DataError(f"{name}, {_fault(text, first)}.")
    return rows


def _rows(text: bytes) -> npt.NDArray[np.uint8] | None:
    """All rows at once, or None where anything is not as it should be."""
    codes = np.frombuffer(text, np.uint8)
    # where the values end: at commas and newlines, or at what should not be there and comes before "0" too
    ends = np.flatnonzero(codes < _ZERO)
    if len(ends) % len(COLUMNS) or codes.max() > _NINE:
        return None
    marks = codes[ends].reshape(-1, len(COLUMNS))
    lengths = np.diff(ends, prepend=-1) - 1
    if (marks[:, :-1] != _COMMA).any() or (marks[:, -1] != _NEWLINE).any():
        return None
    if lengths.min() < 1 or lengths.max() > 3:
        return None
    values = np.zeros(len(ends), np.uint16)
    for place, worth in ((1, 1), (2, 10), (3, 100)):
        digits = (codes[ends - place] - _ZERO).astype(np.uint16)  # rubbish in values that are too short
        values += digits * (lengths >= place) * np.uint16(worth)
    rows = values.reshape(-1, len(COLUMNS))
    return None if (rows > _HIGHEST).any() else rows.astype(np.uint8)


def _fault(text: bytes, first: int) -> str:
    """What is wrong with a text that `_rows` does not read: the line and the reason."""
    lines = text.removesuffix(b"\n").split(b"\n")
    cut = None if text.endswith(b"\n") or len(lines[-1]) >= LONGEST_ROW else lines[-1]
    for number, line in enumerate(lines, first):
        values = line.split(b",")
        if not line:
            return f"line {number}: the line is empty"
        if len(values) != len(COLUMNS):
            more = "the file is cut off there" if line is cut else f"it begins with {_shown(line)}"
            return f"line {number}: not {len(COLUMNS)} values but {len(values)}; {more}"
        for column, value, highest in zip(COLUMNS, values, _HIGHEST, strict=True):
            if not value.isdigit() or len(value) > 3 or int(value) > highest:
                return f"line {number}: {column} is {_shown(value)}, not a whole number from 0 to {highest}"
    raise AssertionError("every line is right")


def _shown(value: bytes) -> str:
    """How a message quotes what may be anything."""
    return repr(value[:24].decode("utf-8", "backslashreplace")) + ("..." if len(value) > 24 else "")
