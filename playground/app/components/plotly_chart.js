// What a chart of our own needs in the browser: the library, the theme's colours, a zoom that is kept, saving.

export function load(address) {
  window.playgroundPlotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.playgroundPlotly; // the next chart tries again
      reject(new Error(`No chart: Plotly could not be loaded from ${script.src}. Reload the page.`));
    };
    document.head.append(script);
  });
  return window.playgroundPlotly;
}

// The theme's colours at this moment: light and dark change without a reload.
export function themed(layout, node) {
  const style = getComputedStyle(node);
  const colour = (name) => style.getPropertyValue(name).trim();
  const grey = colour("--st-border-color");
  const axis = (own) => ({
    gridcolor: grey,
    linecolor: grey,
    zeroline: false,
    ...own,
    title: { ...own?.title, font: { size: 12 } },
  });
  return {
    ...layout,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: colour("--st-text-color"), family: colour("--st-font"), size: 12 },
    hoverlabel: { bgcolor: colour("--st-background-color"), font: { color: colour("--st-text-color") } },
    modebar: {
      bgcolor: "rgba(0,0,0,0)",
      color: colour("--st-text-color"),
      activecolor: colour("--st-primary-color"),
    },
    xaxis: { ...axis(layout.xaxis), showgrid: false },
    yaxis: axis(layout.yaxis),
  };
}

// Plotly drops a zoom when the range it was told changes meanwhile; so the ranges a person chose are kept here.
export function keepZoom(node, layout) {
  if (node.revision !== layout.uirevision) [node.revision, node.zoomed] = [layout.uirevision, new Set()];
  for (const axis of node.zoomed) layout[axis] = { ...layout[axis], range: node.layout[axis].range };
}

export function watchZoom(node) {
  if (node.watched) return;
  node.watched = true;
  node.on("plotly_relayout", (change) => {
    for (const axis of ["xaxis", "yaxis"]) {
      if (change[`${axis}.autorange`]) node.zoomed.delete(axis);
      else if (`${axis}.range[0]` in change || `${axis}.range` in change) node.zoomed.add(axis);
    }
  });
  node.on("plotly_doubleclick", () => node.zoomed.clear());
}

// As it stands on the screen, zoom and all, on the theme's background.
export function picture(node, format) {
  const ground = getComputedStyle(node).getPropertyValue("--st-background-color");
  const layout = { ...node.layout, paper_bgcolor: ground };
  const size = { width: node.clientWidth, height: node.clientHeight, scale: 2 };
  return window.Plotly.toImage({ data: node.data, layout }, { format, ...size });
}
