const HUES = [0, 5, 1, 2, 3, 4, 4, 1, 3, 2]; // those taken for each other differ
const MOST = 3; // classes that are named
const BANDS = 4; // classes with a band of their own; the others share the one on top
const LEAST = 20; // of a thousand: a class that never came so far has none
const NONE = "no epoch yet";
const WORDS = ["answer", "verdict", "name"];

function element(kind, name, parent) {
  const made = document.createElement(kind);
  made.className = name;
  parent?.append(made);
  return made;
}

function build(root, pin) {
  const tile = element("li", "tile");
  tile.pin = pin;
  const head = element("div", "head", tile);
  const picture = element("button", "picture", head);
  const words = element("div", "words", head);
  const parts = Object.fromEntries(WORDS.map((each) => [each, element("div", each, words)]));
  const unpin = element("button", "unpin", head);
  unpin.textContent = "\u2715";
  picture.onclick = () => root.send("look", pin);
  unpin.onclick = () => root.send("unpin", pin);
  const stream = element("div", "stream", tile);
  const axis = element("div", "axis", tile);
  stream.tabIndex = 0;
  stream.setAttribute("role", "slider");
  stream.onpointermove = (event) => {
    const box = stream.getBoundingClientRect();
    point(root, Math.round(((event.clientX - box.left) / box.width) * root.span + 0.5));
  };
  stream.onpointerleave = () => point(root, null);
  stream.onblur = () => point(root, null);
  stream.onkeydown = (event) => step(root, tile, event);
  tile.parts = { ...parts, picture, unpin, stream, axis, said: element("div", "said", tile) };
  return tile;
}

// The known epoch nearest to the one that is pointed at; without one, the last.
const nearest = (known, asked) =>
  known.length === 0
    ? -1
    : asked === null
      ? known.length - 1
      : known.reduce((best, each, i) => (Math.abs(each - asked) < Math.abs(known[best] - asked) ? i : best), 0);

const percent = (share) => `${(share / 10).toFixed(share > 0 && share < 10 ? 1 : 0)}%`;

function spoken(tile, at) {
  if (at < 0) return "";
  const { epochs, shares } = tile.data;
  const named = shares[at].map((share, label) => [share, `${tile.names[label]} ${percent(share)}`]);
  const ranked = named
    .filter(([share]) => share >= 5)
    .sort(([a], [b]) => b - a)
    .slice(0, MOST);
  return `epoch ${epochs[at]}: ${ranked.map(([, words]) => words).join(", ")}`;
}

// What is said now, and whether it is right.
function outcome({ data, names }) {
  const last = data.shares.at(-1);
  if (!last) return { answer: NONE, verdict: "" };
  const said = last.indexOf(Math.max(...last));
  const { truth } = data;
  const verdict = truth === null ? "" : said === truth ? "which is right" : `wrong: is ${names[truth]}`;
  return { answer: `${names[said]} ${percent(last[said])}`, verdict };
}

// Points at an epoch in all tiles at once, so that they can be compared.
function point(root, epoch) {
  root.pointed = epoch;
  for (const tile of root.children) {
    const { stream, said } = tile.parts;
    const at = nearest(tile.data.epochs, epoch);
    said.textContent = spoken(tile, at);
    tile.line.style.display = epoch === null || at < 0 ? "none" : "";
    tile.line.style.left = at < 0 ? 0 : `${across(root, tile.data.epochs[at])}%`;
    stream.setAttribute("aria-valuenow", at < 0 ? 0 : tile.data.epochs[at]);
    stream.setAttribute("aria-valuetext", said.textContent || NONE);
  }
}

function step(root, tile, event) {
  const known = tile.data.epochs;
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  const at = nearest(known, root.pointed);
  const to = { Home: 0, End: known.length - 1 }[event.key] ?? at + by;
  if (Number.isNaN(to) || known.length === 0) return;
  event.preventDefault();
  point(root, known[Math.max(0, Math.min(known.length - 1, to))]);
}

const across = (root, epoch) => ((epoch - 0.5) / root.span) * 100;

// Bands from below: the true class where it is known, then the others as large as they are.
function bands(data) {
  const { shares, truth } = data;
  const all = shares.length ? shares[0].map((_, label) => label) : [];
  const most = (label) => Math.max(...shares.map((each) => each[label]));
  const total = (label) => shares.reduce((sum, each) => sum + each[label], 0);
  return all
    .filter((label) => most(label) >= LEAST)
    .sort((a, b) => (b === truth) - (a === truth) || total(b) - total(a) || a - b)
    .slice(0, BANDS);
}

function draw(root, tile) {
  const { data, names } = tile;
  const { epochs, shares } = data;
  const { stream } = tile.parts;
  const colours = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",");
  const xs = epochs.map((epoch) => across(root, epoch));
  const half = 50 / root.span;
  const below = epochs.map(() => 0);
  const labels = [];
  const line = (heights) =>
    heights.flatMap((height, i) => {
      const corner = (x) => `${x.toFixed(2)} ${(100 - height / 10).toFixed(2)}`;
      const first = i === 0 ? [corner(xs[i] - half)] : [];
      const last = i === xs.length - 1 ? [corner(xs[i] + half)] : [];
      return [...first, corner(xs[i]), ...last];
    });
  const area = (from, to) => `M${line(from).join("L")}L${line(to).reverse().join("L")}Z`;
  const paths = bands(data).map((label) => {
    const from = [...below];
    shares.forEach((each, i) => {
      below[i] += each[label];
    });
    labelled(names[label], xs, from, below, labels);
    const colour = colours[HUES[label] % colours.length].trim();
    const strength = label === data.truth ? 0.6 : 0.35;
    return `<path d="${area(from, below)}" fill="${colour}" fill-opacity="${strength}"/>`;
  });
  if (epochs.length)
    paths.push(
      `<path class="other" d="${area(
        below,
        below.map(() => 1000),
      )}"/>`,
    );
  const frame = 'viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"';
  stream.innerHTML = `<svg ${frame}>${paths.join("")}</svg>`;
  tile.line = element("div", "at", stream);
  stream.append(...labels.map((each) => each.node));
}

// Puts a band's name where it is thickest, if there is room for it.
function labelled(name, xs, from, to, labels) {
  const thick = (i) => to[i] - from[i];
  const best = xs.reduce((b, _, i) => (thick(i) > thick(b) ? i : b), 0);
  if (thick(best) < 180) return;
  const half = Math.min(50, 1.5 * name.length + 2);
  const y = 100 - (from[best] + to[best]) / 20; // in hundredths
  const x = Math.max(half, Math.min(100 - half, xs[best]));
  if (labels.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 16)) return;
  const node = document.createElement("span");
  node.textContent = name;
  [node.style.left, node.style.top] = [`${x}%`, `${y}%`];
  labels.push({ node, x, y, half });
}

function fill(root, tile, data, names, index, board) {
  Object.assign(tile, { data, names });
  const { picture, unpin, stream, axis, ...parts } = tile.parts;
  const words = { name: data.name, ...outcome(tile) };
  for (const each of WORDS) parts[each].textContent = parts[each].title = words[each];
  picture.title = picture.ariaLabel = `${data.name}, pinned: ask about it on Predict`;
  unpin.title = unpin.ariaLabel = `Unpin ${data.name}`;
  const column = index % board.columns;
  const row = Math.floor(index / board.columns);
  const share = (position, count) => `${count > 1 ? (100 * position) / (count - 1) : 0}%`;
  picture.style.backgroundSize = `${board.columns * 100}% ${board.rows * 100}%`;
  picture.style.backgroundPosition = `${share(column, board.columns)} ${share(row, board.rows)}`;
  stream.ariaLabel = `Probabilities of ${data.name} after each epoch; arrow keys go through them`;
  stream.setAttribute("aria-valuemin", data.epochs[0] ?? 0);
  stream.setAttribute("aria-valuemax", data.epochs.at(-1) ?? 0);
  axis.replaceChildren(
    ...["epoch 1", ...(root.span > 1 ? [String(root.span)] : [])].map((text) => {
      const mark = document.createElement("div");
      mark.textContent = text;
      return mark;
    }),
  );
  draw(root, tile);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".board");
  root.send = setTriggerValue;
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color");
  if (root.version === data.board && root.drawnOn === ground) return;
  [root.version, root.drawnOn] = [data.board, ground]; // in the theme's colours
  const board = JSON.parse(data.board);
  root.span = board.span;
  root.style.setProperty("--sheet", `url(${board.sheet})`);
  root.setAttribute("aria-label", board.label);
  const pins = board.tiles.map((tile) => tile.pin);
  const there = [...root.children];
  if (pins.join() !== there.map((tile) => tile.pin).join()) {
    // only then: moving a node takes its focus away
    root.replaceChildren(...pins.map((pin) => there.find((tile) => tile.pin === pin) ?? build(root, pin)));
  }
  for (const [index, tile] of board.tiles.entries()) {
    fill(root, root.children[index], tile, board.names, index, board);
  }
  point(root, root.pointed ?? null);
}
