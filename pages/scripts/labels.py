"""Labels that may be wrong, and images that are there twice."""

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.one_of import one_of
from playground.app.shared.cache import lab
from playground.app.shared.selected_epoch import pick_selected_epoch
from playground.app.shared.session import session
from playground.app.shared.warmup import warmed_up

st.title("Doubtful labels")
here, tab = lab(), session()
selected = pick_selected_epoch(here, tab) if warmed_up(here) else None
if selected is not None:
    from playground.app.inspect.label_issues_view import (  # imports torch, which is there by now
        training_issues,
        validation_issues,
    )
    from playground.app.inspect.near_duplicates_view import near_duplicates_view

    views = {
        "Validation images": validation_issues,
        "Training images": training_issues,
        "Near-duplicates": near_duplicates_view,
    }
    chosen = one_of(
        "Look at",
        list(views),
        default=next(iter(views)),
        key="look",
        bind="query-params",
    )
    with show_errors():
        views[chosen](here, selected)
