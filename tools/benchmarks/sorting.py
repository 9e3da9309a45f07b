"""How long sorting a table of many runs takes in a browser: from a click on a column's head to another row on top.

python -m tools.benchmarks.sorting [RUNS] [TIMES]
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_PARAMETERS = 500  # pixels from the left of the table to the middle of the column's head
_WATCH = """() => {
    const cell = () => document.querySelector("[data-testid=glide-cell-8-0]")?.textContent;
    const before = cell();
    let clicked = null;
    document.addEventListener("pointerup", () => { clicked = performance.now(); }, {once: true, capture: true});
    window.sorted = null;
    const look = () => {
        if (clicked !== null && cell() !== before) window.sorted = performance.now() - clicked;
        else requestAnimationFrame(look);
    };
    look();
}"""


def sort(page: Page) -> float:
    """Milliseconds from the click to another row on top."""
    box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    assert box is not None
    page.evaluate(_WATCH)
    page.mouse.click(box["x"] + _PARAMETERS, box["y"] + 18)
    page.wait_for_function("window.sorted !== null", timeout=10_000)
    milliseconds: float = page.evaluate("window.sorted")
    page.wait_for_timeout(600)  # two clicks in a moment are something else
    return milliseconds


def main(count: int, times: int) -> None:
    from serving import Server, launched

    from tools.benchmarks.many_runs import fill

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, count)
        server = Server(home)
        try:
            with sync_playwright() as playwright:
                page = launched(playwright).new_page()
                page.goto(f"{server.url}/runs")
                page.get_by_text("Cost and accuracy").wait_for(timeout=60_000)
                page.wait_for_timeout(4000)
                sort(page)
                found = [sort(page) for _ in range(times)]
        finally:
            server.kill()
    median, late = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    print(f"{count:,} runs: sorted in {median:.0f} ms, p95 {late:.0f} ms, n = {times}")


if __name__ == "__main__":
    main(*((int(each) for each in sys.argv[1:]) if len(sys.argv) > 2 else (1000, 40)))
