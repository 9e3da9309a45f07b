"""What a page's address is answered with: Streamlit's own document, told where the app begins.

Streamlit's JavaScript cannot tell a page of an app from an app in a folder. Opened at `/lab/confusion`, it looks
for the server there, gets "404 Not Found" twice, and then looks one level higher, in `/lab/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit
from starlette.responses import HTMLResponse
from starlette.routing import Route

from playground.app.components.bundle import script

_DOCUMENT = Path(streamlit.__file__).parent / "static" / "index.html"


def page_routes(pages: Iterable[str]) -> list[Route]:
    """Serve the document at the addresses of these pages, under any path."""
    begins_here = f"<head><script>{script(__file__)}</script>"
    document = _DOCUMENT.read_text("utf-8").replace("<head>", begins_here, 1)

    def answer(_: object) -> HTMLResponse:
        return HTMLResponse(document, headers={"Cache-Control": "no-cache"})

    return [Route("/{base:path}" + page, answer) for page in pages]
