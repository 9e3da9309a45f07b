"""Labels that may be wrong, and images that are there twice."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.inspection import warmed_up
from playground.ui.moment import pick_moment
from playground.ui.session import session

st.title("Doubtful labels")
here, tab = lab(), session()
moment = pick_moment(here, tab) if warmed_up(here) else None
if moment is not None:
    from playground.ui.doubts_view import (
        training_doubts,
        validation_doubts,
    )  # imports torch, which is there by now
    from playground.ui.twins_view import twins_view

    views = {
        "Validation images": validation_doubts,
        "Training images": training_doubts,
        "Near-duplicates": twins_view,
    }
    chosen = st.segmented_control(
        "Look at",
        list(views),
        default=next(iter(views)),
        key="look",
        required=True,
        bind="query-params",
    )
    with told():
        views.get(chosen, validation_doubts)(here, moment)  # an address may name none
