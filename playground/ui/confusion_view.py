"""A confusion matrix and its classes. Imports torch: pages import this once it is there."""

from __future__ import annotations

import streamlit as st

from playground.core.classes import CLASS_NAMES
from playground.core.evaluate import WEAK, accuracy, class_scores, confusion, shares
from playground.services.looking import Judged
from playground.ui.charts import confusion_figure
from playground.ui.inspection import described

MEANING = (
    ("Precision", "Of the images said to be of this class, the share that truly is."),
    ("Recall", "Of the images of this class, the share that was found: its accuracy."),
    ("F1", "Harmonic mean of precision and recall."),
)


def confusion_view(seen: Judged) -> None:
    """Which classes a network takes for which, and how each class fares."""
    labels = seen.images.labels
    st.markdown(f"**{accuracy(seen.logits, labels):.2%}** of {described(seen)}")
    as_share = (
        st.segmented_control("Show", ("counts", "shares"), default="counts", key="confusion_unit", required=True,
                             help="Shares: of all images that are truly of the row's class.")
        == "shares"
    )  # fmt: skip
    matrix = confusion(seen.logits, labels)
    left, right = st.columns([3, 2])
    with left, st.container(key="confusion_chart"):
        values = shares(matrix) if as_share else matrix.astype(float)
        spoken = f"Confusion matrix of {described(seen)}; the table beside it has the figures per class"
        st.plotly_chart(confusion_figure(values, CLASS_NAMES, as_share), key="confusion", alt=spoken)
    with right, st.container(key="class_table"):
        scores = class_scores(seen.logits, labels)
        weak = [f"{score.name} ({score.recall:.1%})" for score in scores if score.recall < WEAK]
        st.markdown(f"Under {WEAK:.0%}: {', '.join(weak)}." if weak else f"Every class reaches {WEAK:.0%}.")
        st.dataframe(
            [
                {"Class": s.name, "Precision": 100 * s.precision, "Recall": 100 * s.recall, "F1": 100 * s.f1,
                 "Images": s.support}
                for s in scores
            ],
            hide_index=True,
            height="content",
            column_config={n: st.column_config.NumberColumn(format="%.1f %%", help=text) for n, text in MEANING},
        )  # fmt: skip
