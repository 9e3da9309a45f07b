"""A web server on this machine to download from, and small files to damage."""

import gzip
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from playground.data.sources.originals import DEBIAN_FOLDER, ORIGINALS

CLOSED = "http://127.0.0.1:1/"  # nobody listens there

needs_debian = pytest.mark.skipif(
    not DEBIAN_FOLDER.is_dir(), reason=f"Debian's dataset-fashion-mnist is not in {DEBIAN_FOLDER}"
)


def quiet(*_: object) -> None:
    """Report nothing."""


def tiny(labels: bool) -> bytes:
    """An idx file that is well formed and not the published one."""
    header = struct.pack(">II", 0x801, 3) if labels else struct.pack(">IIII", 0x803, 3, 28, 28)
    return header + bytes(3 if labels else 3 * 784)


def put_tiny(folder: Path) -> None:
    folder.mkdir(parents=True)
    for original in ORIGINALS:
        (folder / original.gz).write_bytes(gzip.compress(tiny("labels" in original.name)))


class Mirror:
    """A real server on this machine: what each file's request gets, and which were asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.hanging = threading.Event()
        self.hangs: set[str] = set()
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                mirror.asked.append(name)
                if name in mirror.hangs:
                    mirror.hanging.wait(30)
                body = mirror.files.get(name)
                if body is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self.hanging.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
