"""Which classes a network takes for which."""

import streamlit as st

from playground.core.evaluate import WEAK, accuracy, class_scores, confusion, shares
from playground.core.fashion import CLASS_NAMES
from playground.ui.cache import lab
from playground.ui.charts import confusion_figure
from playground.ui.inspection import inspected
from playground.ui.session import session

MEANING = (
    ("Precision", "Of the images said to be of this class, the share that truly is."),
    ("Recall", "Of the images of this class, the share that was found: its accuracy."),
    ("F1", "Harmonic mean of precision and recall."),
)

st.title("Confusion")
seen = inspected(lab(), session())
if seen is not None:
    labels = seen.images.labels
    st.markdown(f"**{accuracy(seen.logits, labels):.2%}** of {seen.description}")
    as_share = (
        st.segmented_control("Show", ("counts", "shares"), default="counts", key="confusion_unit", required=True,
                             help="Shares: of all images that are truly of the row's class.")
        == "shares"
    )  # fmt: skip
    matrix = confusion(seen.logits, labels)
    left, right = st.columns([3, 2])
    with left, st.container(key="confusion_chart"):
        values = shares(matrix) if as_share else matrix.astype(float)
        st.plotly_chart(confusion_figure(values, CLASS_NAMES, as_share), key="confusion")
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
