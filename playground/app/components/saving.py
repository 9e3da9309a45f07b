"""Figures and their numbers as files.

A component that draws a figure has the buttons beneath it: what they save is made in the browser, so that moving
the epoch slider costs nothing more. Tables of many images are made here, when they are asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as comma-separated values."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue()


def csv_button(table: Callable[[], str], name: str, key: str, label: str = "Numbers as CSV") -> None:
    """A button that saves a table, which is made when it is pressed."""
    st.download_button(
        label, table, f"{name}.csv", "text/csv", key=key, on_click="ignore", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip
