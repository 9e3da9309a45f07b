"""A tab of the app, and the ways through it."""

from contextlib import suppress

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLong

from playground.experiment.presets import PRESETS

ENDLESS = PRESETS["quick"].experiment.changed({"training.epochs": 1000, "data.fraction": 0.02})
"""Trained for longer than anybody looks, and on few images: pages answer at once beside it."""


def settled(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(state="attached")
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def watch(page: Page, home: str, faults: list[str]) -> None:
    """Note what no page may do: an error, an answer that is one, a word to anything but this address."""

    def asked(url: str) -> None:
        if not url.startswith((home, home.replace("http", "ws", 1), "data:", "blob:")):
            faults.append(f"asked for {url}")

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on(
        "response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))


def go_to(page: Page, name: str) -> None:
    """Follow a link of the menu; a click that comes while the page draws itself anew may get lost: click again."""
    heading = page.get_by_role("heading", name=name, exact=True)
    for _ in range(4):
        settled(page)
        page.get_by_role("link", name=name).first.click()
        with suppress(TooLong):
            heading.wait_for(timeout=30_000)
            break
    heading.wait_for()
    settled(page)
