"""Figures and their numbers as files.

A component that draws a figure has the buttons beneath it: what they save is made in the browser, so that moving
the epoch slider costs nothing more. Tables of many images are made here, when they are asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

SAVING_JS = """
// Small buttons under a figure. Each way gives a data address or a text when it is asked to.
function offerSaving(parent, name, ways) {
  let row = parent.querySelector(":scope > .saving");
  if (!row) {
    row = document.createElement("div");
    row.className = "saving";
    row.append(...Object.keys(ways).map((kind) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = kind;
      button.title = `Save as ${kind}`;
      button.onclick = async () => {
        const link = document.createElement("a");
        link.href = addressOf(kind, await row.ways[kind]());
        link.download = `${row.name}.${kind.toLowerCase()}`;
        link.click();
      };
      return button;
    }));
    parent.append(row);
  }
  Object.assign(row, { ways, name });
}

function addressOf(kind, content) {
  if (content.startsWith("data:")) return content;
  const type = kind === "SVG" ? "image/svg+xml" : "text/csv";
  return `data:${type};charset=utf-8,${encodeURIComponent(content)}`;
}

function csv(rows) {
  const quoted = (value) => /[",\\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : `${value ?? ""}`;
  return rows.map((row) => row.map(quoted).join(",") + "\\n").join("");
}

// An SVG, as text, as a PNG of twice its size.
async function rasterised(svg, width, height) {
  const image = new Image();
  image.src = addressOf("SVG", svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
"""

SAVING_CSS = """
.saving { display: flex; justify-content: flex-end; gap: 2px; }
.saving button { all: unset; cursor: pointer; font: 0.7rem var(--st-font); color: var(--st-text-color);
                 opacity: 0.75; padding: 3px 6px; border-radius: 3px; }
.saving button:hover, .saving button:focus-visible { opacity: 1; outline: 1px solid var(--st-primary-color); }
"""


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
