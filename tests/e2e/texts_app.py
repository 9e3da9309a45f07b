"""Texts that mean something to Markdown, in places that read it: started by a test, read in a browser."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from texts import HOSTILE

from playground.app.components.markdown import literal

for number, text in enumerate(HOSTILE):
    safe = literal(text)
    with st.container(key=f"body-{number}"):
        st.markdown(safe)
    with st.container(key=f"label-{number}"):
        st.checkbox(safe, key=f"box-{number}")
    with st.container(key=f"among-{number}"):
        st.caption(f":material/check: **{safe}** · {safe}, said by {safe}.")
PLACES = {
    "error": lambda text: st.error(text), "info": lambda text: st.info(text),
    "button": lambda text: st.button(text),
    "expander": lambda text: st.expander(text), "popover": lambda text: st.popover(text),
    "progress": lambda text: st.progress(0.5, text), "metric": lambda text: st.metric(text, 1),
    "page_link": lambda text: st.page_link("https://example.invalid", label=text),
    "radio": lambda text: st.radio("which", [text]), "help": lambda text: st.checkbox("it", help=text),
    "segments": lambda text: st.segmented_control("which", [text]),
}  # fmt: skip
for place, show in PLACES.items():
    for number, text in enumerate(HOSTILE[:4]):
        with st.container(key=f"{place}-{number}"):
            show(literal(text))
with st.container(key="as-it-is"):
    st.markdown(HOSTILE[0])
