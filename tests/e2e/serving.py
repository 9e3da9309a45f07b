"""The app's own server, started as a person starts it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from full_set import put_into
from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",  # moving signs of waiting take a third of the browser's time
]


DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without a proxy: urllib keeps the one that stood in the environment when it was first used, for ever."""


def launched(playwright: Playwright) -> Browser:
    """The browser of this machine, else Playwright's own."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=FLAGS)


class Server:
    """`streamlit run` of the app, or of another script, on a home of its own.

    `options` go behind the command, `images` is a file of all images that the home is given, `patience` the
    seconds within which the server has to answer, `more` are variables of its environment.
    """

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        script: str = "streamlit_app.py",
        options: Sequence[str] = (),
        images: Path | None = None,
        patience: float = 60.0,
        **more: str,
    ) -> None:
        self.home, self.port, self.script = home, port or free_port(), script
        self.options, self.patience, self.more = options, patience, more
        path = next((each.split("=")[1] for each in options if each.startswith("--server.baseUrlPath=")), "")
        self.url = f"http://127.0.0.1:{self.port}/{path}".rstrip("/")
        self.log = home.parent / f"{home.name}-server.log"
        if images is not None:
            put_into(home, images)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streamlit", "run", self.script]
        command += ["--server.headless", "true", "--server.port", str(self.port), *self.options]
        environment = {**os.environ, "PLAYGROUND_HOME": str(self.home), **self.more}
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            self._wait(process)
        except BaseException:  # nobody else knows the process yet
            process.kill()
            process.wait()
            raise
        return process

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.patience
        while not self._answers():
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, f"the server did not answer within {self.patience:g} seconds"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return bool(DIRECT.open(f"{self.url}/_stcore/health", timeout=5).read() == b"ok")
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


def own_faults(log: str) -> list[str]:
    """The tracebacks of a server's log that lead through a file of this repository.

    Streamlit has faults of its own, such as a dictionary that changes while it goes through it.
    """
    own = [str(ROOT / name) for name in ("playground", "pages", "tests", "streamlit_app.py")]
    _, *tracebacks = log.split("Traceback (most recent call last)")
    # Streamlit may draw a frame around a traceback, and then breaks the lines that are too long for it
    return [each for each in tracebacks if any(path in re.sub(r"[\s│]", "", each) for path in own)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
