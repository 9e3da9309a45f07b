import { keepZoom, load, picture, themed, watchZoom } from "./plotly_chart.js";
import { csv, offerSaving } from "./saving.js";

function numbers(node) {
  const title = (axis, otherwise) => node.layout[axis]?.title?.text || otherwise;
  const rows = node.data.flatMap((trace) => trace.x.map((x, index) => [trace.name, x, trace.y[index]]));
  return [["series", title("xaxis", "x"), title("yaxis", "y")], ...rows];
}

function draw(Plotly, node) {
  const { data: traces, layout } = JSON.parse(node.latest.figure);
  keepZoom(node, layout);
  const dressed = themed(layout, node);
  const look = node.latest.figure + dressed.font.color;
  if (node.look === look) return;
  node.look = look;
  const shapes = layout.shapes ?? [];
  const before = node.unmarked;
  node.unmarked = JSON.stringify([traces, { ...layout, shapes: [] }]) + dressed.font.color;
  if (node.unmarked === before) return Plotly.relayout(node, { shapes }); // a mark moved, all else stands
  Plotly.react(node, traces, dressed, { ...node.latest.config, responsive: true }).then(watchZoom);
}

// The first time at once; later a figure out of sight waits until it is scrolled to, and the others come sooner.
function drawWhenSeen(Plotly, node) {
  if (!node.sight) {
    node.sight = new IntersectionObserver((entries) => {
      node.seen = entries.at(-1).isIntersecting;
      if (node.seen) draw(Plotly, node);
    });
    node.sight.observe(node);
    node.seen = true;
  }
  if (node.seen) draw(Plotly, node);
}

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".live-chart");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", data.alt);
  node.style.height = `${data.height}px`;
  node.latest = data;
  load(data.library)
    .then((Plotly) => {
      (data.patient ? drawWhenSeen : draw)(Plotly, node);
      if (!data.save) return; // only now: before it is drawn there is nothing to save
      offerSaving(node.parentElement, data.save, {
        PNG: () => picture(node, "png"),
        SVG: () => picture(node, "svg"),
        CSV: () => csv(numbers(node)),
      });
    })
    .catch((fault) => {
      node.textContent = fault.message;
    });
}
