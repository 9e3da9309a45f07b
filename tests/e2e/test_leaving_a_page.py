"""Going to another page while a fragment of the page that is left still has something to say."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from walking import settled


class LateFragment:
    """Between a tab and its server: what the tab's fragment said last is said again when the tab goes elsewhere.

    `when` is "asked" for right behind the tab's request of another page, and "running" for the moment in which the
    server says that it runs it.
    """

    def __init__(self, page: Page, when: str) -> None:
        self.said: bytes | None = None
        self.times, self._when, self._left = 0, when, ""
        page.route_web_socket(re.compile("/_stcore/stream"), self._between)

    def _between(self, tab: WebSocketRoute) -> None:
        server = tab.connect_to_server()

        def sent(message: str | bytes) -> None:
            server.send(message)
            said = BackMsg.FromString(bytes(message)).rerun_script  # type: ignore[arg-type]
            if said.fragment_id:
                self.said, self._left = bytes(message), said.page_script_hash  # type: ignore[arg-type]
            elif self.said and said.page_script_hash not in ("", self._left) and self._when == "asked":
                self._again(server)

        def received(message: str | bytes) -> None:
            tab.send(message)
            told = ForwardMsg.FromString(bytes(message))  # type: ignore[arg-type]
            runs = told.WhichOneof("type") == "new_session" and not told.metadata.run.fragment_ids
            if self.said and runs and told.new_session.page_script_hash != self._left and self._when == "running":
                self._again(server)

        tab.on_message(sent)
        server.on_message(received)

    def _again(self, server: WebSocketRoute) -> None:
        assert self.said is not None
        server.send(self.said)
        self.said, self.times = None, self.times + 1


@pytest.mark.parametrize("when", ["asked", "running"])
def test_another_page_comes_whatever_the_one_that_is_left_says(open_page: Callable[..., Page], when: str):
    page = open_page("confusion")
    late = LateFragment(page, when)
    page.reload()
    settled(page)
    page.get_by_role("link", name="Predict").click()
    page.get_by_role("heading", name="Predict", exact=True).wait_for()
    settled(page)
    page.get_by_text("Eraser").first.click()
    expect(page.get_by_role("radio", name="Eraser")).to_be_checked()
    settled(page)
    assert late.said is not None
    page.get_by_role("link", name="Confusion").click()
    page.get_by_role("heading", name="Confusion", exact=True).wait_for()
    settled(page)
    assert late.times
    page.locator(".matrix td button").first.click()  # answered behind all that came before
    expect(page.locator(".st-key-cell_images .tile").first).to_be_visible()
