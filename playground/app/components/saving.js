// Small buttons under a figure. Each way gives a data address or a text when it is asked to.
export function offerSaving(parent, name, ways) {
  let row = parent.querySelector(":scope > .saving");
  if (!row) {
    row = document.createElement("div");
    row.className = "saving";
    row.append(
      ...Object.keys(ways).map((kind) => {
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
      }),
    );
    parent.append(row);
  }
  Object.assign(row, { ways, name });
}

function addressOf(kind, content) {
  if (content.startsWith("data:")) return content;
  const type = kind === "SVG" ? "image/svg+xml" : "text/csv";
  return `data:${type};charset=utf-8,${encodeURIComponent(content)}`;
}

export function csv(rows) {
  const quoted = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : `${value ?? ""}`);
  return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

// An SVG, as text, as a PNG of twice its size.
export async function rasterised(svg, width, height) {
  const image = new Image();
  image.src = addressOf("SVG", svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
