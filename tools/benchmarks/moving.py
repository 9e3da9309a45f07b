"""Moving the epoch slider in a real browser, and what the page shows after each move.

python -m tools.benchmarks.moving [MOVES]

measures it, from a press of an arrow key to everything on the page drawn anew: for docs/benchmarks.md.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

EPOCHS = 6
TRAINING = ("train", "quick", "--set", "data.fraction=0.1", "--set", f"training.epochs={EPOCHS}")

VIEWS = {
    "confusion": ("confusion", "class_table", "confusion_chart"),
    "confusion, scrolled to its figures": ("confusion", "coverage_chart", "coverage_chart"),
    "failures": ("failures", "failures_when", "failures_grid"),
}
"""Pages to move the slider on: what they are scrolled to, and what is drawn last of what is then seen."""

_WATCH = """([words, container]) => {
    const shadows = (root) => [...root.querySelectorAll("*")].filter((each) => each.shadowRoot);
    const look = () => {
        const place = document.querySelector(`.st-key-${container}`);
        const inside = place && shadows(place).map((each) => each.shadowRoot.textContent).join();
        return (place?.querySelector(".live-chart")?.look ?? "") + inside;
    };
    const app = document.querySelector("[data-testid=stApp]").dataset, before = look();
    let pressed = null;
    document.addEventListener("keydown", () => { pressed = performance.now(); }, {once: true, capture: true});
    window.moved = null;
    const watch = () => {
        const told = document.querySelector("[data-testid=stMain]").textContent.includes(words);
        if (pressed !== null && told && look() !== before && app.testScriptState === "notRunning")
            window.moved = performance.now() - pressed;
        else requestAnimationFrame(watch);
    };
    watch();
}"""


def after(epoch: int) -> str:
    """How the page says which epoch it shows."""
    return f"after {epoch} of {EPOCHS} epochs" if epoch < EPOCHS else f"after {EPOCHS} epochs"


def there_and_back(moves: int) -> Iterator[int]:
    """The epochs of so many moves from the last, to the first and back again and again."""
    down, up = range(EPOCHS - 1, 0, -1), range(2, EPOCHS + 1)
    return islice(cycle([*down, *up]), moves)


def move(page: Page, last: str, shown: int, to: int) -> float:
    """Milliseconds from the key to the page of the next epoch: all of its script run, its `last` drawn."""
    page.evaluate(_WATCH, [after(to), last])
    page.get_by_role("slider", name="Epoch").press("ArrowRight" if to > shown else "ArrowLeft")
    page.wait_for_function("window.moved !== null", timeout=60_000)
    milliseconds: float = page.evaluate("window.moved")
    return milliseconds


def main(moves: int) -> None:
    from serving import Server, launched

    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home")
        try:
            run = server.ask(*TRAINING)["run"]
            with sync_playwright() as playwright:
                page = launched(playwright).new_page(viewport={"width": 1280, "height": 900})
                for view, (address, place, last) in VIEWS.items():
                    page.goto(f"{server.url}/{address}?run={run}")
                    page.locator(f".st-key-{last}").first.wait_for(timeout=60_000)
                    page.wait_for_timeout(4000)
                    page.locator(f".st-key-{place}").first.scroll_into_view_if_needed()
                    page.wait_for_timeout(1000)
                    print(f"{view}: {_measured(page, last, moves)}")
        finally:
            server.kill()


def _measured(page: Page, last: str, moves: int) -> str:
    shown, found = EPOCHS, []
    for to in there_and_back(moves):
        found.append(move(page, last, shown, to))
        shown = to
        page.wait_for_timeout(300)
    median, late = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    return f"median {median:.0f} ms, p95 {late:.0f} ms, n = {moves}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
