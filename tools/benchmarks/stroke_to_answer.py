"""How long the Predict page takes from a finished stroke to the new answer on the screen.

    python -m tools.benchmarks.stroke_to_answer [STROKES]

Strokes with the mouse in headless Chromium; from the release of its button to the frame in which the class, how
sure the network is and the ten bars are all those of the new drawing. First alone, then while `quick` is trained
on all images in the same app. Browser, server and training share this machine.
"""

import random
import statistics
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

_ON_ONE_DRAWING = 5  # strokes; then the canvas is emptied
_WATCH = """() => {
    const now = () => {
        const answer = document.querySelector(".st-key-answer");
        const words = [...answer.querySelectorAll("h3, p")].map(each => each.textContent).join("|");
        return [words, answer.querySelector(".main-svg")?.textContent ?? ""];
    };
    const before = now();
    let released = null;
    document.addEventListener("mouseup", () => { released = performance.now(); }, {once: true, capture: true});
    window.seen = [null, null];
    window.watching = true;
    const look = (at) => {
        if (!window.watching) return;
        if (released !== null)
            now().forEach((each, i) => { if (each !== before[i]) window.seen[i] ??= at - released; });
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
"""`window.seen`: milliseconds to other words and to other bars."""


def stroke(page: Page, draw: random.Random) -> float | None:
    """Milliseconds from the end of a stroke to the whole answer; None where the answer stays what it was."""
    box = page.locator(".st-key-canvas canvas").last.bounding_box()
    assert box is not None
    page.evaluate(_WATCH)
    page.mouse.move(box["x"] + draw.uniform(40, 240), box["y"] + draw.uniform(40, 240))
    page.mouse.down()
    for _ in range(3):
        page.mouse.move(box["x"] + draw.uniform(40, 240), box["y"] + draw.uniform(40, 240), steps=6)
    page.mouse.up()
    with suppress(TooLong):
        page.wait_for_function("window.seen[1] !== null", timeout=5000)
    page.wait_for_timeout(300)  # the words may follow the bars, and the rest of the page follows both
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_timeout(300)
    words, bars = page.evaluate("() => { window.watching = false; return window.seen; }")
    return None if bars is None else max(bars, words or 0.0)


def measured(page: Page, count: int) -> list[float]:
    """As many strokes as asked for; on an empty canvas again after every few."""
    draw, found = random.Random(0), list[float]()
    while len(found) < count:
        for _ in range(_ON_ONE_DRAWING):
            if (took := stroke(page, draw)) is not None:
                found.append(took)
        page.locator(".st-key-canvas canvas").last.hover()
        page.get_by_role("button", name="Reset canvas & history").click()
        expect(page.locator(".st-key-seen")).to_contain_text("Draw a garment", timeout=20_000)
        page.wait_for_timeout(500)
    return found[:count]


def report(name: str, found: list[float]) -> None:
    """One line."""
    late = statistics.quantiles(found, n=20)[-1]
    print(
        f"{name}: median {statistics.median(found):.0f} ms, lowest {min(found):.0f}, p95 {late:.0f}, "
        f"n = {len(found)}",
        flush=True,
    )


def opened(page: Page, url: str) -> None:
    """The Predict page, with an answer on it and the nearest training images looked up once."""
    page.goto(f"{url}/predict")
    page.locator(".st-key-canvas canvas").last.wait_for(timeout=120_000)
    page.wait_for_timeout(3000)
    measured(page, 2)
    page.wait_for_timeout(15_000)


def main(count: int) -> None:
    from serving import Server, launched

    from playground.experiment.link import to_word
    from playground.experiment.presets import PRESETS

    long = PRESETS["quick"].experiment.changed({"training.epochs": 500})
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        try:
            server.ask("data")
            with sync_playwright() as playwright:
                browser = launched(playwright)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                opened(page, server.url)
                report("alone", measured(page, count))
                trainer = browser.new_page()
                trainer.goto(f"{server.url}/?experiment={to_word(long)}")
                trainer.get_by_role("button", name="Start training").click(timeout=60_000)
                expect(trainer.locator(".st-key-run_state")).to_contain_text("running", timeout=60_000)
                while not server.ask("runs")["runs"][-1]["epochs"]:
                    trainer.wait_for_timeout(3000)
                trainer.close()
                opened(page, server.url)  # where the run that is being trained answers now
                report("while `quick` is trained", measured(page, count))
                state = server.ask("runs")["runs"][-1]["state"]
                assert state == "running", state
        finally:
            server.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
