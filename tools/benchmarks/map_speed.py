"""What the map takes in a browser at 10,000 points: until it is there, in bytes, and from frame to frame.

python -m tools.benchmarks.map_speed [EPOCHS] [LOADS]

The run is judged by the 10,000 test images after every epoch: so every epoch that was not looked at is new to the
app (features of 10,000 images and their principal components), and every one that was is not.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, WebSocket, sync_playwright

CHART = ".st-key-map_chart .map-chart"
_FRAMES = """() => {
    window.frames_seen = [];
    let before = null;
    const look = (now) => {
        if (before !== null) window.frames_seen.push(now - before);
        before = now;
        if (window.frames_seen) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
_DRAWN = """([chart, epoch]) => {
    const node = document.querySelector(chart);
    const there = node?._fullData?.reduce((sum, trace) => sum + trace.ids.length, 0);
    return there === 10000 && node.layout.title.text.endsWith(`epoch ${epoch}`);
}"""


def told(what: str, milliseconds: Sequence[float]) -> None:
    late = statistics.quantiles(milliseconds, n=20)[-1] if len(milliseconds) > 1 else milliseconds[0]
    middle = statistics.median(milliseconds)
    print(f"{what}: median {middle:,.0f} ms, p95 {late:,.0f} ms, n = {len(milliseconds)}", flush=True)


def open_map(page: Page, url: str) -> float:
    """Milliseconds from the address to the chart with the 5,000 points that it begins with."""
    began = time.perf_counter()
    page.goto(f"{url}/map")
    page.wait_for_function(f"document.querySelector('{CHART}')?.listens")
    return 1000 * (time.perf_counter() - began)


def move(page: Page, key: str, epoch: int) -> float:
    """Milliseconds from a key on the epoch slider to the points of that epoch."""
    began = time.perf_counter()
    page.get_by_role("slider", name="Epoch").press(key)
    page.wait_for_function(_DRAWN, arg=[CHART, epoch])
    return 1000 * (time.perf_counter() - began)


def pan(page: Page) -> list[float]:
    """Milliseconds between the frames while the points are pulled about with the mouse."""
    page.locator(f"{CHART} [data-title='Pan']").click()
    box = page.locator(f"{CHART} .nsewdrag").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_FRAMES)
    for step in range(120):
        page.mouse.move(x + 120 * ((step % 40) / 20 - 1), y + 60 * ((step % 30) / 15 - 1))
    found: list[float] = page.evaluate("() => { const seen = frames_seen; frames_seen = null; return seen; }")
    page.mouse.up()
    return found


def main(epochs: int, loads: int) -> None:
    from serving import Server, launched

    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        chosen = ("data.validation=test", "data.fraction=0.1", f"training.epochs={epochs}")
        server.ask("train", "quick", *(word for each in chosen for word in ("--set", each)))
        sizes: list[int] = []

        def listen(socket: WebSocket) -> None:
            socket.on("framereceived", lambda frame: sizes.append(len(frame)))

        try:
            with sync_playwright() as playwright:
                browser = launched(playwright)
                page = browser.new_page(viewport={"width": 1280, "height": 1200})
                page.set_default_timeout(120_000)
                open_map(page, server.url)  # imports torch
                told("page to map, 5,000 points", [open_map(page, server.url) for _ in range(loads)])
                page.on("websocket", listen)
                open_map(page, server.url)
                page.get_by_text("10,000", exact=True).first.click()
                page.wait_for_function(_DRAWN, arg=[CHART, epochs])
                print(f"largest message: {max(sizes) / 1000:,.0f} kB", flush=True)
                new = [move(page, "ArrowLeft", epoch) for epoch in range(epochs - 1, 0, -1)]
                told("to an epoch that is new, 10,000 points", new)
                known = [move(page, "ArrowRight", epoch) for epoch in range(2, epochs + 1)]
                known += [move(page, "ArrowLeft", epoch) for epoch in range(epochs - 1, 0, -1)]
                told("to an epoch that was seen, 10,000 points", known)
                told("frame while panning, 10,000 points", [each for _ in range(3) for each in pan(page)])
                print(page.evaluate("document.createElement('canvas').getContext('webgl').getParameter(7937)"))
        finally:
            server.kill()


if __name__ == "__main__":
    main(*((int(each) for each in sys.argv[1:]) if len(sys.argv) > 2 else (8, 5)))
