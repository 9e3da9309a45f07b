import { csv, offerSaving, rasterised } from "./saving.js";

const BLUE = "10,105,172";
const ORANGE = "200,80,0";
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
  const line = (cells) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };
  const named = (made, name) => {
    made.textContent = name;
    return made;
  };
  const head = document.createElement("thead");
  const body = document.createElement("tbody");
  head.append(line([cell("td"), ...names.map((name, j) => cell("th", named(button(null, j), name), "col"))]));
  body.append(
    ...names.map((name, i) =>
      line([cell("th", named(button(i, null), name), "row"), ...names.map((_, j) => cell("td", button(i, j)))]),
    ),
  );
  table.replaceChildren(columns, head, body);
  table.onkeydown = (event) => walk(event, names.length);
}

// One stop for the tabulator; from there the arrow keys walk. Heads are row or column -1.
function walk(event, count) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!step || !event.target.dataset.place) return;
  event.preventDefault();
  const at = event.target.dataset.place.split(":").map((each) => (each === "" ? -1 : Number(each)));
  const to = at.map((each, axis) => Math.min(count - 1, Math.max(-1, each + step[axis])));
  if (to[0] < 0 && to[1] < 0) return;
  const there = place(...to.map((each) => (each < 0 ? null : each)));
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
    const ink = inks[row][column];
    const text = texts[row][column];
    made.textContent = text;
    made.style.backgroundColor = colour(ink);
    made.style.color = Math.abs(ink) > 0.8 ? "#fff" : "";
    const what = row === column ? `${names[row]}, right` : `${names[row]} taken for ${names[column]}`;
    made.title = `${what}: ${text || 0} ${unit}`;
    made.setAttribute("aria-label", made.title);
  }
  const stops = root.querySelectorAll("button[tabindex='0']");
  if (pressed || !stops.length) {
    stops.forEach((each) => {
      each.tabIndex = -1;
    });
    root.querySelector(`[data-place="${pressed ?? "0:0"}"]`).tabIndex = 0;
  }
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawing(root, { names, texts, inks, title, axes }) {
  const style = getComputedStyle(root);
  const side = 46;
  const left = 90;
  const top = 110;
  const ink = style.getPropertyValue("--st-text-color");
  const size = left + side * names.length + 8;
  const text = (x, y, words, more = "") =>
    `<text x="${x}" y="${y}" fill="${ink}" ${more}>${escaped(words)}</text>`;
  const parts = [text(4, 16, title, 'font-weight="bold" font-size="14"'), text(4, 32, axes, 'font-size="11"')];
  names.forEach((name, i) => {
    const middle = top + side * i + side / 2;
    const turned = left + side * i + side / 2;
    parts.push(text(left - 6, middle + 4, name, 'text-anchor="end"'));
    parts.push(text(0, 0, name, `transform="translate(${turned + 4} ${top - 6}) rotate(-90)"`));
    names.forEach((_, j) => {
      const strength = inks[i][j];
      const x = left + side * j;
      const y = top + side * i;
      const box = `x="${x}" y="${y}" width="${side - 1}" height="${side - 1}"`;
      const hue = strength < 0 ? ORANGE : BLUE;
      parts.push(`<rect ${box} fill="rgb(${hue})" fill-opacity="${Math.abs(strength)}"/>`);
      const written = text(x + side / 2, y + side / 2 + 4, texts[i][j], 'text-anchor="middle"');
      parts.push(Math.abs(strength) > 0.8 ? written.replace(`fill="${ink}"`, 'fill="#fff"') : written);
    });
  });
  const height = top + side * names.length + 8;
  const ground = style.getPropertyValue("--st-background-color");
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
    PNG: () => {
      const { svg, width, height } = drawn();
      return rasterised(svg, width, height);
    },
    SVG: () => drawn().svg,
    CSV: () => csv([["true / predicted", ...data.names], ...data.values.map((row, i) => [data.names[i], ...row])]),
  });
}
