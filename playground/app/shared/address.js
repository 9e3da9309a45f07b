// Streamlit adds an entry to the browser's history for everything that the app writes into the address. Here what
// is written on the same page takes the place of what stood there; where a person went on, an entry is added.
const push = history.pushState.bind(history);
const replace = history.replaceState.bind(history);
history.bare ??= { push, replace };
const { bare } = history;
history.pushState = (state, title, url) => {
  const same = new URL(url ?? location.href, location.href).pathname === location.pathname;
  // The next page's address may come before its path: the entry that is left gets back what it said.
  if (!same && location.href !== settled) bare.replace({}, "", settled);
  (same ? bare.replace : bare.push)(state, title, url);
};
let settled = location.href;
let steps = null;
addEventListener("popstate", () => {
  settled = location.href;
});
export default function ({ data }) {
  const now = location.href;
  if (steps !== null && data.steps > steps && now !== settled) {
    bare.replace({}, "", settled);
    bare.push({}, "", now);
  }
  [settled, steps] = [now, data.steps];
}
