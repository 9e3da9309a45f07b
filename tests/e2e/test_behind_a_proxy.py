"""The app under a path of its own: everything it asks for lies under that path."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from proxy import Proxy
from screens import LAST
from serving import Server
from walking import go_to, settled, watch

PATH = "/lab/one"


@pytest.fixture(scope="module", params=["the path is handed on", "the path is stripped"])
def proxy(request, tmp_path_factory, full_set) -> Iterator[Proxy]:
    strips = request.param == "the path is stripped"
    home = tmp_path_factory.mktemp("home") / "playground"
    options = () if strips else (f"--server.baseUrlPath={PATH.strip('/')}",)
    server = Server(home, options=options, images=full_set)
    between = Proxy(PATH, server.port, strips)
    yield between
    between.close()
    server.kill()


@pytest.fixture
def opened(context: BrowserContext, proxy: Proxy) -> Iterator[Callable[[str], Page]]:
    page, faults = context.new_page(), list[str]()
    watch(page, proxy.url, faults)

    def go(name: str) -> Page:
        page.goto(f"{proxy.url}/{name}")
        settled(page)
        return page

    yield go
    page.close()
    assert not faults


def test_every_page_loads_and_draws(opened, proxy):
    """Each by its own address; examples are there to be looked at."""
    for name in ("confusion", "map") if proxy.strips else LAST:
        if name != "train":  # it has no run yet
            opened(name).locator(LAST[name]).first.wait_for(state="attached")


def test_a_run_is_drawn_and_its_link_leads_back(opened, proxy):
    page = opened("")
    page.get_by_role("button", name="Link").click()
    link = page.get_by_text("?experiment=").inner_text()
    assert link.startswith(f"{proxy.url}/?experiment=")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_function("document.querySelector('.st-key-loss_chart .js-plotly-plot')?.data?.length > 0")
    page.get_by_role("button", name="Stop").click()
    go_to(page, "Confusion")
    assert page.url.startswith(f"{proxy.url}/confusion")
