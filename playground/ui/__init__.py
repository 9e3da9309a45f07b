"""The only package that imports Streamlit and Plotly."""
