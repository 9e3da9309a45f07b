"""What stands in the address, and what the Back button leads to."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app.shared.session import Session

_JS = """
// Streamlit adds an entry to the browser's history for everything that the app writes into the address. Here what
// is written on the same page takes the place of what stood there; where a person went on, an entry is added.
const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
const bare = history.bare ??= { push, replace };
history.pushState = (state, title, url) => {
  const same = new URL(url ?? location.href, location.href).pathname === location.pathname;
  // The next page's address may come before its path: the entry that is left gets back what it said.
  if (!same && location.href !== settled) bare.replace({}, "", settled);
  (same ? bare.replace : bare.push)(state, title, url);
};
let settled = location.href, steps = null;
addEventListener("popstate", () => { settled = location.href; });
export default function ({ data }) {
  const now = location.href;
  if (steps !== null && data.steps > steps && now !== settled) {
    bare.replace({}, "", settled);
    bare.push({}, "", now);
  }
  [settled, steps] = [now, data.steps];
}
"""


def write(name: str, value: str | None) -> None:
    """Let a name in the address say this; None takes it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def keep_history(tab: Session, page: str) -> None:
    """Make one entry of the browser's history for each of the tab's `steps`; called when the page is drawn."""
    data = {"steps": tab.steps, "page": page, "address": st.query_params.to_dict()}
    _component()(key="history", data=data, height="content")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("history", html="<span></span>", js=_JS)
