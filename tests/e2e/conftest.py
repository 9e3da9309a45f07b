"""The app as a person gets it: its own server, a real browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from serving import Server, launched, own_faults
from walking import settled, watch

expect.set_options(timeout=120_000)  # a busy machine is slow, and no test fails by the clock
SCREEN = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory, full_set: Path) -> Path:
    """The folder of a finished run, trained once: `quick` on a twentieth of the images, three epochs."""
    from full_set import put_into

    from playground.experiment.presets import PRESETS
    from playground.lab.lab import Lab
    from playground.lab.settings import Settings
    from playground.system.executors import InlineExecutor

    home = tmp_path_factory.mktemp("quick")
    put_into(home, full_set)
    lab = Lab(Settings(home=home), InlineExecutor())
    small = {"data.fraction": 0.05, "training.epochs": 3}
    return lab.library.folder(lab.trainer.start(PRESETS["quick"].experiment.changed(small))).path


@pytest.fixture(scope="module")
def run(server: Server, quick_run: Path) -> str:
    """A finished run in the server's home: `quick` on a twentieth of the images, three epochs."""
    shutil.copytree(quick_run, server.home / "runs" / quick_run.name)
    return quick_run.name


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, full_set: Path) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("home") / "playground", images=full_set)
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = launched(playwright)
        except Error as error:
            pytest.skip(f"no browser: {error}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Of all tabs of a file: what the app's pages are made of is read and compiled once."""
    opened = browser.new_context(viewport=SCREEN)
    opened.set_default_timeout(120_000)
    yield opened
    opened.close()


@pytest.fixture
def open_page(context: BrowserContext, server: Server) -> Iterator[Callable[..., Page]]:
    """Open an address of the app in a tab; at the end no tab may have seen an exception, or asked elsewhere."""
    pages: list[Page] = []
    faults: list[str] = []

    def go(path: str = "", width: int = SCREEN["width"]) -> Page:
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({**SCREEN, "width": width})
        watch(page, server.url, faults)
        page.goto(f"{server.url}/{path}")
        settled(page)
        return page

    yield go
    left = [page for page in pages if not page.is_closed()]
    shown = [page.locator("[data-testid=stException]").count() for page in left]
    for page in left:
        page.close()
    assert not any(shown)
    assert not faults
    assert own_faults(server.log.read_text()) == []
