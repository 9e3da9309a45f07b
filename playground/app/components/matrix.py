"""A confusion matrix whose cells and heads are buttons: by mouse, by arrow keys, read aloud.

A component of our own: a heatmap of Plotly's reports no clicks, and cannot be reached by keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.app.components.received import received, whole
from playground.app.components.saving import SAVING_CSS, SAVING_JS

_CSS = (
    SAVING_CSS
    + """
.matrix { font-family: var(--st-font); color: var(--st-text-color); }
.matrix .title { font-weight: 600; font-size: 0.95rem; }
.matrix .axes { font-size: 0.72rem; opacity: 0.75; margin-bottom: 4px; }
.matrix table { border-collapse: separate; border-spacing: 1px; width: 100%; table-layout: fixed; }
.matrix col:first-child { width: 6.2em; }
.matrix td, .matrix th { padding: 0; }
.matrix table button { all: unset; box-sizing: border-box; display: block; cursor: pointer; width: 100%;
                       height: 2.6em; line-height: 2.6em; text-align: center; font-size: 0.75rem; }
.matrix td button { font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.matrix thead button { writing-mode: vertical-rl; transform: rotate(180deg); height: 6.2em; line-height: 1;
                       display: flex; align-items: center; }
.matrix tbody th button { text-align: right; padding-right: 5px; white-space: nowrap; overflow: hidden; }
.matrix th { font-weight: 400; }
.matrix table button:hover { outline: 1px solid var(--st-text-color); }
.matrix table button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -1px; }
.matrix table button[aria-pressed=true] { outline: 2px solid var(--st-text-color); outline-offset: -2px;
                                          font-weight: 700; }
@media (max-width: 640px) {
  .matrix col:first-child { width: 4.9em; }
  .matrix table button { font-size: 0.68rem; }
}
"""
)

_JS = (
    SAVING_JS
    + """
const BLUE = "10,105,172", ORANGE = "200,80,0";
const place = (row, column) => `${row ?? ""}:${column ?? ""}`;

// Head of a column, heads and cells of the rows: where each button is, and what it chooses.
function build(root, names, choose) {
  const button = (row, column) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", tabIndex: -1, onclick: () => choose(row, column) });
    made.dataset.place = place(row, column);
    return made;
  };
  const table = root.querySelector("table");
  const columns = document.createElement("colgroup");
  columns.append(...[null, ...names].map(() => document.createElement("col")));
  const cell = (kind, content, scope) => {
    const made = document.createElement(kind);
    if (scope) made.scope = scope;
    if (content) made.append(content);
    return made;
  };
  const line = (cells) => { const made = document.createElement("tr"); made.append(...cells); return made; };
  const named = (made, name) => { made.textContent = name; return made; };
  const head = document.createElement("thead"), body = document.createElement("tbody");
  head.append(line([cell("td"), ...names.map((name, j) => cell("th", named(button(null, j), name), "col"))]));
  body.append(...names.map((name, i) => line([
    cell("th", named(button(i, null), name), "row"), ...names.map((_, j) => cell("td", button(i, j))),
  ])));
  table.replaceChildren(columns, head, body);
  table.onkeydown = (event) => walk(event, names.length);
}

// One stop for the tabulator; from there the arrow keys walk. Heads are row or column -1.
function walk(event, count) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!step || !event.target.dataset.place) return;
  event.preventDefault();
  const at = event.target.dataset.place.split(":").map((each) => each === "" ? -1 : Number(each));
  const to = at.map((each, axis) => Math.min(count - 1, Math.max(-1, each + step[axis])));
  if (to[0] < 0 && to[1] < 0) return;
  const there = place(...to.map((each) => each < 0 ? null : each));
  const next = event.currentTarget.querySelector(`[data-place="${there}"]`);
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

const colour = (ink) => `rgba(${ink < 0 ? ORANGE : BLUE},${Math.abs(ink)})`;

function fill(root, { names, texts, inks, unit, chosen, title, axes }) {
  root.querySelector(".title").textContent = title;
  root.querySelector(".axes").textContent = axes;
  const pressed = chosen ? place(...chosen) : null;
  for (const made of root.querySelectorAll("button[data-place]")) {
    const [row, column] = made.dataset.place.split(":");
    made.setAttribute("aria-pressed", made.dataset.place === pressed);
    if (row === "" || column === "") {
      made.title = row === "" ? `All that was taken for ${names[column]}` : `All that is truly ${names[row]}`;
      continue;
    }
    const ink = inks[row][column], text = texts[row][column];
    made.textContent = text;
    made.style.backgroundColor = colour(ink);
    made.style.color = Math.abs(ink) > 0.8 ? "#fff" : "";
    const what = row === column ? `${names[row]}, right` : `${names[row]} taken for ${names[column]}`;
    made.title = `${what}: ${text || 0} ${unit}`;
    made.setAttribute("aria-label", made.title);
  }
  const stops = root.querySelectorAll("button[tabindex='0']");
  if (pressed || !stops.length) {
    stops.forEach((each) => { each.tabIndex = -1; });
    root.querySelector(`[data-place="${pressed ?? "0:0"}"]`).tabIndex = 0;
  }
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawing(root, { names, texts, inks, title, axes }) {
  const style = getComputedStyle(root), side = 46, left = 90, top = 110;
  const ink = style.getPropertyValue("--st-text-color"), size = left + side * names.length + 8;
  const text = (x, y, words, more = "") =>
    `<text x="${x}" y="${y}" fill="${ink}" ${more}>${escaped(words)}</text>`;
  const parts = [text(4, 16, title, 'font-weight="bold" font-size="14"'), text(4, 32, axes, 'font-size="11"')];
  names.forEach((name, i) => {
    const middle = top + side * i + side / 2, turned = left + side * i + side / 2;
    parts.push(text(left - 6, middle + 4, name, 'text-anchor="end"'));
    parts.push(text(0, 0, name, `transform="translate(${turned + 4} ${top - 6}) rotate(-90)"`));
    names.forEach((_, j) => {
      const strength = inks[i][j], x = left + side * j, y = top + side * i;
      const box = `x="${x}" y="${y}" width="${side - 1}" height="${side - 1}"`;
      const hue = strength < 0 ? ORANGE : BLUE;
      parts.push(`<rect ${box} fill="rgb(${hue})" fill-opacity="${Math.abs(strength)}"/>`);
      const written = text(x + side / 2, y + side / 2 + 4, texts[i][j], 'text-anchor="middle"');
      parts.push(Math.abs(strength) > 0.8 ? written.replace(`fill="${ink}"`, 'fill="#fff"') : written);
    });
  });
  const height = top + side * names.length + 8, ground = style.getPropertyValue("--st-background-color");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${height}" font-family="sans-serif"
    font-size="12"><rect width="100%" height="100%" fill="${ground}"/>${parts.join("")}</svg>`;
  return { svg, width: size, height };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix");
  root.choose = (row, column) => setTriggerValue("chosen", [row, column]);
  if (!root.built) {
    root.built = true;
    build(root, data.names, (row, column) => root.choose(row, column));
  }
  root.querySelector("table").setAttribute("aria-label", data.title);
  fill(root, data);
  const drawn = () => drawing(root, data);
  offerSaving(root, data.save, {
    PNG: () => { const { svg, width, height } = drawn(); return rasterised(svg, width, height); },
    SVG: () => drawn().svg,
    CSV: () => csv([["true / predicted", ...data.names], ...data.values.map((row, i) => [data.names[i], ...row])]),
  });
}
"""
)

_HTML = '<div class="matrix"><div class="title"></div><div class="axes"></div><table></table></div>'

Place = tuple[int | None, int | None]
"""A true and a predicted class; None is any: the head of a column or row."""


def matrix(drawn: dict[str, Any], key: str, chosen: Place, save: str, choose: Callable[[Place], None]) -> None:
    """Show a confusion matrix.

    Args:
        drawn: As `matrix_figures.drawn` makes it.
        key: Of the component.
        chosen: The cell or class that is pressed.
        save: The name of the files it can be saved as.
        choose: Is told what was clicked, before the page is drawn again.
    """

    pressed = received(key, "chosen", lambda said: read_place(said, len(drawn["names"])), choose)
    data = {**drawn, "chosen": None if chosen == (None, None) else list(chosen), "save": save}
    _component()(key=key, data=data, height="content", on_chosen_change=pressed)


def read_place(said: object, classes: int) -> Place | None:
    """The cell or head that was pressed, of a matrix of so many classes; None where it has no such one."""
    if not isinstance(said, list) or len(said) != 2:
        return None
    true, predicted = (whole(each, classes) for each in said)
    return (true, predicted) if [true, predicted] == said else None


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("matrix", html=_HTML, css=_CSS, js=_JS)
