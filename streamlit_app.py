"""The frame: page settings, navigation, and what goes on at the moment. `streamlit run streamlit_app.py`."""

import streamlit as st

from playground.ui.cache import lab
from playground.ui.errors import told
from playground.ui.status import data_status, live_status

st.set_page_config(
    page_title="Fashion playground",
    page_icon=":material/checkroom:",
    layout="wide",
    initial_sidebar_state=380,  # pixels: three numbers side by side
)

pages = [
    st.Page("pages/train/train.py", title="Train", icon=":material/model_training:", default=True),
    st.Page("pages/inspect/confusion.py", title="Confusion", icon=":material/grid_on:"),
    st.Page("pages/inspect/failures.py", title="Failures", icon=":material/error_outline:"),
    st.Page("pages/predict/predict.py", title="Predict", icon=":material/draw:"),
    st.Page("pages/data/garments.py", title="Garments", icon=":material/checkroom:"),
]
page = st.navigation(pages, position="top")  # the sidebar belongs to the experiment
with told():
    data_status(lab())
    with st.sidebar:
        live_status(lab())
    page.run()
