"""The app as a person gets it: its own server, a real browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
expect.set_options(timeout=120_000)  # a busy machine is slow, and no test fails by the clock
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """`streamlit run streamlit_app.py` on a home of its own."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.home, self.port = home, port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}-server.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        command += ["--server.headless", "true", "--server.port", str(self.port)]
        environment = {**os.environ, "PLAYGROUND_HOME": str(self.home)}
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server did not answer within a minute"
            time.sleep(0.1)
        return process

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5).read() == b"ok"
        except OSError:
            return False

    def ask(self, *call: str) -> dict[str, Any]:
        """The command line on the same home, while the app is open: its JSON object."""
        command = [sys.executable, "-m", "playground", *call, "--json"]
        environment = {**os.environ, "PLAYGROUND_HOME": str(self.home)}
        done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=environment)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("home") / "playground")
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            pytest.skip(f"no browser: {error}")
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open an address of the app in a tab; at the end no tab may have seen an exception."""
    pages: list[Page] = []
    faults: list[str] = []

    def go(path: str = "", width: int = 1280, theme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(120_000)
        page.goto(f"{server.url}/{path}")
        settled(page)
        pages.append(page)
        return page

    yield go
    left = [page for page in pages if not page.is_closed()]
    shown = [page.locator("[data-testid=stException]").count() for page in left]
    for page in left:
        page.context.close()
    assert not any(shown)
    assert not faults
    assert "Traceback" not in server.log.read_text()


def settled(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(state="attached")
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
