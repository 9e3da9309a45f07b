"""The server as it starts: whom it speaks to, and what it opens."""

import socket
import time

from serving import Server

WITNESS = """
import os, socket

HERE = ("127.", "::1", "localhost", "0.0.0.0", "None")

def watched(name, place):
    real = getattr(place, name)
    def call(*given, **more):
        asked, sends = given[0], True
        if place is socket.socket:
            asked, sends = given[1], given[0].type != socket.SOCK_DGRAM  # which only finds the way
        host = str(asked[0] if isinstance(asked, tuple) else asked)
        if sends and not host.startswith((*HERE, "/")):
            with open(os.environ["WITNESS"], "a") as file:
                print(name, asked, file=file)
        return real(*given, **more)
    setattr(place, name, call)

watched("getaddrinfo", socket)
watched("connect", socket.socket)
watched("connect_ex", socket.socket)
"""
"""Python imports it at its start, and notes every attempt to reach another machine, or to find its address."""

FROM_ELSEWHERE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://elsewhere.example\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def test_a_server_for_a_class_asks_nobody_outside_and_opens_a_browser(tmp_path):
    """Streamlit would ask a service on the web for this machine's address, at its start and for foreign pages."""
    (tmp_path / "sitecustomize.py").write_text(WITNESS)
    asked, opened = tmp_path / "asked.txt", tmp_path / "opened.txt"
    browser = tmp_path / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n')
    browser.chmod(0o755)
    more = {"PYTHONPATH": str(tmp_path), "WITNESS": str(asked), "BROWSER": str(browser)}
    for_all = ("--server.address", "0.0.0.0", "--server.headless")
    server = Server(tmp_path / "playground", options=(*for_all, "true"), **more)
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as foreign:
            foreign.sendall(FROM_ELSEWHERE.encode())
            assert foreign.recv(100).startswith(b"HTTP/1.1 403")
        assert not opened.exists()
    finally:
        server.kill()
    server = Server(tmp_path / "playground", options=(*for_all, "false"), **more)
    try:
        deadline = time.monotonic() + 60  # it is opened as soon as the server answers
        while not opened.exists() or not opened.read_text():
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(0.1)
        assert opened.read_text() == f"http://localhost:{server.port}/\n"
    finally:
        server.kill()
    assert not asked.exists(), asked.read_text()
