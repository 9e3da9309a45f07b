"""The app's own server, started as a person starts it."""

import json
import os
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
]


DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without a proxy: urllib keeps the one that stood in the environment when it was first used, for ever."""


def launched(playwright: Playwright) -> Browser:
    """The browser of this machine, else Playwright's own."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=FLAGS)


class Server:
    """`streamlit run` of the app, or of another script, on a home of its own.

    `options` go behind the command, `more` are variables of its environment.
    """

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        script: str = "streamlit_app.py",
        options: Sequence[str] = (),
        **more: str,
    ) -> None:
        self.home, self.port, self.script = home, port or free_port(), script
        self.options, self.more = options, more
        path = next((each.split("=")[1] for each in options if each.startswith("--server.baseUrlPath=")), "")
        self.url = f"http://127.0.0.1:{self.port}/{path}".rstrip("/")
        self.log = home.parent / f"{home.name}-server.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streamlit", "run", self.script]
        command += ["--server.headless", "true", "--server.port", str(self.port), *self.options]
        environment = {**os.environ, "PLAYGROUND_HOME": str(self.home), **self.more}
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
