// A polygon is sent by the canvas when it is closed, and not before: only strokes are sent here.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".prompt").closest(".st-key-canvas");
  place.strokes = data.strokes;
  place.stop?.abort();
  place.stop = new AbortController();
  const options = { signal: place.stop.signal, capture: true };
  const begin = (event) => {
    place.drawing = event.composedPath()[0] instanceof HTMLCanvasElement;
  };
  const end = () => {
    if (place.drawing && place.strokes)
      setTimeout(() => {
        // once the canvas has the stroke
        const inside = [...place.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
        inside
          .map((root) => root.querySelector(`[title="${data.send}"]`))
          .find(Boolean)
          ?.click();
      });
    place.drawing = false;
  };
  for (const name of ["mousedown", "touchstart"]) place.addEventListener(name, begin, options);
  for (const name of ["mouseup", "touchend"]) document.addEventListener(name, end, options);
  return () => place.stop.abort();
}
