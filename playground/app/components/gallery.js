import { offerSaving } from "./saving.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".tiles");
  root.open = (index) => setTriggerValue("opened", index);
  if (root.dataset.version === data.version) return;
  root.dataset.version = data.version;
  root.style.setProperty("--tile", `${data.size}px`);
  root.style.setProperty("--aspect", data.aspect);
  root.style.setProperty("--sheet", `url(${data.sheet})`);
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(
    ...data.tiles.map((tile, index) => {
      const item = document.createElement("li");
      item.className = "tile";
      const picture = document.createElement(data.opens ? "button" : "div");
      picture.className = "picture";
      if (data.opens) picture.onclick = () => root.open(index);
      else picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", tile.alt);
      picture.title = tile.alt;
      const column = index % data.columns;
      const row = Math.floor(index / data.columns);
      const share = (position, count) => `${count > 1 ? (100 * position) / (count - 1) : 0}%`;
      picture.style.backgroundSize = `${data.columns * 100}% ${data.rows * 100}%`;
      picture.style.backgroundPosition = `${share(column, data.columns)} ${share(row, data.rows)}`;
      item.append(
        picture,
        ...tile.text.map((line) => {
          const caption = document.createElement("div");
          caption.className = "caption";
          caption.textContent = line;
          return caption;
        }),
      );
      return item;
    }),
  );
  if (data.save) offerSaving(root.parentElement, data.save, { PNG: () => data.sheet });
}
