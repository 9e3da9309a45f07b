"""An experiment as a script in plain PyTorch: the one in the sidebar, or that of a run."""

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.shared.cache import lab
from playground.app.shared.session import session
from playground.app.shared.warmup import warmed_up

st.title("Code")
here, tab = lab(), session()
if warmed_up(here):
    from playground.app.train.code_view import code_view  # imports torch, which is there by now

    with show_errors():
        code_view(here, tab)
