"""Effects: threads, files and network around the pure core. No Streamlit in here."""
