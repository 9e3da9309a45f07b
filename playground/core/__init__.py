"""Pure: values in, values out. No threads, files, Streamlit or clock in here."""
