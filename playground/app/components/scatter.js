import { keepZoom, load, picture, themed, watchZoom } from "./plotly_chart.js";
import { offerSaving } from "./saving.js";

// Points that are not chosen fade. Numbers of images are what the traces call ids.
function faded(traces, chosen) {
  if (!chosen.length) return traces;
  const wanted = new Set(chosen);
  return traces.map((trace) => ({
    ...trace,
    selectedpoints: trace.ids.flatMap((id, place) => (wanted.has(id) ? [place] : [])),
  }));
}

// An arrow, because annotations alone lie above what WebGL draws.
function arrow([number, x, y], colour) {
  return {
    x,
    y,
    text: `no. ${number}`,
    ax: 34,
    ay: -34,
    arrowhead: 2,
    arrowwidth: 1.5,
    arrowcolor: colour,
    standoff: 4,
    bordercolor: colour,
    borderpad: 2,
  };
}

function listen(node) {
  if (node.listens) return;
  node.listens = true;
  const numbers = (points) => points.map((point) => node.data[point.curveNumber].ids[point.pointNumber]);
  const chosen = (points) => {
    if (!node.drawing) node.tell("chosen", numbers(points));
  };
  node.on("plotly_selected", (event) => {
    if (event) chosen(event.points);
  });
  node.on("plotly_deselect", () => chosen([]));
  node.on("plotly_click", (event) => node.tell("clicked", numbers(event.points)[0]));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".map-chart");
  node.setAttribute("aria-label", data.alt);
  node.tell = setTriggerValue;
  load(data.library)
    .then((Plotly) => {
      const { data: traces, layout } = JSON.parse(data.figure);
      const narrow = node.clientWidth < 500;
      const touch = matchMedia("(pointer: coarse)").matches;
      const dressed = themed({ ...layout, height: narrow ? 520 : layout.height, selections: [] }, node);
      const look = JSON.stringify([data.figure, data.chosen, data.at, dressed.font.color, narrow]);
      if (node.look === look) return;
      node.look = look;
      dressed.selectionrevision = look; // what stands out is what we say, not what was last drawn around
      dressed.dragmode = node.layout?.dragmode ?? (touch ? false : "lasso"); // a finger has to get past the chart
      const words = [...(layout.annotations ?? []), ...(data.at ? [arrow(data.at, dressed.font.color)] : [])];
      dressed.annotations = words.map((each) => ({ ...each, bgcolor: dressed.hoverlabel.bgcolor, opacity: 0.85 }));
      keepZoom(node, dressed);
      const config = {
        ...data.config,
        responsive: true,
        displayModeBar: true,
        scrollZoom: false,
        modeBarButtons: [
          ["lasso2d", "select2d", "pan2d", "zoom2d"],
          ["zoomIn2d", "zoomOut2d", "resetScale2d"],
        ],
      };
      node.drawing = true; // it tells of a selection that ends with the outline, too
      Plotly.react(node, faded(traces, data.chosen), dressed, config).then(() => {
        node.drawing = false;
        watchZoom(node);
        listen(node);
      });
      offerSaving(node.parentElement, data.save, {
        PNG: () => picture(node, "png"),
        SVG: () => picture(node, "svg"),
      });
    })
    .catch((fault) => {
      node.textContent = fault.message;
    });
}
