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

_DOCUMENT = Path(streamlit.__file__).parent / "static" / "index.html"
_BEGINS_HERE = """
    <script>
      // Pages stand side by side: the app begins where they do, whatever a proxy puts before them.
      window.__streamlit = { BACKEND_BASE_URL: new URL(".", location).href }
    </script>"""


def page_routes(pages: Iterable[str]) -> list[Route]:
    """Serve the document at the addresses of these pages, under any path."""
    document = _DOCUMENT.read_text("utf-8").replace("<head>", "<head>" + _BEGINS_HERE, 1)

    def answer(_: object) -> HTMLResponse:
        return HTMLResponse(document, headers={"Cache-Control": "no-cache"})

    return [Route("/{base:path}" + page, answer) for page in pages]
