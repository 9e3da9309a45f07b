// Pages stand side by side: the app begins where they do, whatever a proxy puts before them.
window.__streamlit = { BACKEND_BASE_URL: new URL(".", location).href };
