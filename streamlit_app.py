"""The frame: navigation, and what goes on at the moment. `streamlit run streamlit_app.py`.

Streamlit finds the `app` below, imports this file once when the server starts, and runs it again for every tab.
"""

import asyncio
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import net_util
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground.app.components.errors import show_errors
from playground.app.components.live_chart import PLOTLY_ROUTE
from playground.app.components.page_routes import page_routes
from playground.app.frame.browser import in_the_browser
from playground.app.frame.first_listing import wait_for_the_runs
from playground.app.frame.stale_reruns import ignore_stale_reruns
from playground.app.frame.status import data_status, live_status
from playground.app.shared.cache import lab
from playground.app.shared.navigation import PAGES
from playground.app.shared.session import session

# At the server's start there is no tab yet, which Streamlit would mention for every page in the menu.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)

HERE = Path(__file__).parent
ICON = str(HERE / "playground" / "assets" / "icon.svg")  # a Material one is fetched from the web
MENU = [st.Page(page.script, title=page.title, icon=page.icon, default=page.default) for page in PAGES]


def frame() -> None:
    """Everything around a page, and the page."""
    st.set_page_config(
        page_title="Fashion playground",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state=380,  # pixels: three numbers side by side
    )
    page = st.navigation(MENU, position="top")  # the sidebar belongs to the experiment
    with show_errors():
        data_status(lab())
        wait_for_the_runs(lab())
        with st.sidebar:
            live_status(lab())
        try:
            page.run()
        finally:  # only now: importing torch would slow down the first page, and later pages need it
            lab().warm_up()
        in_the_browser(session(), page.url_path)


@asynccontextmanager
async def opened(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Show the app to who started it: for an app with routes of its own, Streamlit opens no browser."""
    if not st.get_option("server.headless"):
        scheme = "https" if st.get_option("server.sslCertFile") else "http"
        place = f"{st.get_option('browser.serverAddress')}:{st.get_option('server.port')}"
        path = st.get_option("server.baseUrlPath").strip("/")
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, f"{scheme}://{place}/{path}")
    yield {}


if get_script_run_ctx(suppress_warning=True):
    frame()
else:
    # Outside a tab this only tells Streamlit that there is a menu: without it, the first link to another page
    # than the first one, right after the server's start, says "Page not found".
    st.navigation(MENU, position="top")
    addresses = page_routes(page.name for page in PAGES)
    app = st.App("streamlit_app.py", lifespan=opened, routes=[PLOTLY_ROUTE, *addresses])
    # Nothing leaves this machine. Streamlit would ask a service on the web for its address, to refuse a page of
    # another origin; without an answer the page is refused just so.
    net_util.get_external_ip = lambda: None
    ignore_stale_reruns()
