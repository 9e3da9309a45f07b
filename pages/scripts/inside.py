"""What goes on inside a network."""

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.shared.cache import lab
from playground.app.shared.selected_epoch import pick_selected_epoch
from playground.app.shared.session import session
from playground.app.shared.warmup import warmed_up

st.title("Inside")
here, tab = lab(), session()
selected = pick_selected_epoch(here, tab, need="weights") if warmed_up(here) else None
if selected is not None:
    from playground.app.inside.view import inside_view  # imports torch, which is there by now

    with show_errors():
        inside_view(here, tab, selected)
