"""Runs are chosen by what they are, not by where they stand, while others come and are trained elsewhere."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from records import record
from serving import Server
from walking import ENDLESS, settled

from playground.experiment.link import to_word
from playground.runs.writer import RunFolders

RUNS = {name: record(number, name=name) for number, name in enumerate(("first", "second", "third"), 1)}
_ROW, _HEAD = 35, 36  # pixels


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, full_set: Path) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("choosing") / "playground"
    for run in RUNS.values():
        RunFolders(home).folder(run.run).write(run)
    running = Server(home, images=full_set)
    yield running
    running.kill()


def click(page: Page, x: float, y: float) -> None:
    """A place in the table."""
    table = page.locator(".st-key-runs_table canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + y)
    settled(page)


def ticked(page: Page) -> str:
    """What stands in the rows that are ticked, as a screen reader is told."""
    return " ".join(page.locator(".st-key-runs_table [role=row][aria-selected=true]").all_inner_texts())


def test_what_is_ticked_stays_chosen_whatever_happens_elsewhere(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page("runs")
    page.get_by_text("3 of 3 runs").wait_for()
    delete = page.get_by_role("button", name=re.compile("^Delete "))

    def is_chosen(name: str = "second") -> None:
        settled(page)
        expect(delete).to_contain_text(f"Delete {name}")
        expect(page.get_by_label("Name", exact=True)).to_have_value(name)

    click(page, 16, _HEAD + 1.5 * _ROW)
    is_chosen()

    other = open_page(f"?experiment={to_word(ENDLESS)}")
    other.get_by_role("button", name="Start training").click()
    other.get_by_role("button", name="Stop").wait_for()
    page.get_by_text("Differences only").click()  # the page hears of the run that is trained
    page.get_by_text("4 of 4 runs").wait_for()
    is_chosen()
    expect(page.locator(".st-key-runs_table [role=row][aria-selected=true]")).to_have_count(1)
    assert "second" in ticked(page)

    click(page, 80, _HEAD / 2)  # sorted by name, and then the other way round
    is_chosen()
    click(page, 80, _HEAD / 2)
    is_chosen()
    assert "second" in ticked(page)

    page.get_by_text("Pinned", exact=True).last.click()
    is_chosen()
    assert "second" in ticked(page)

    other.get_by_role("button", name="Stop").click()


def test_times_are_those_of_the_browser_and_their_zone_is_named(server: Server, browser: Browser) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo", viewport={"width": 2600, "height": 900})
    page = context.new_page()
    page.goto(f"{server.url}/runs")
    settled(page)
    created = RUNS["first"].created.astimezone(ZoneInfo("Asia/Tokyo"))
    click(page, 16, _HEAD + 0.5 * _ROW)
    expect(page.get_by_text(f"begun {created:%d %b %H:%M} JST")).to_be_visible()
    expect(page.locator(".st-key-runs_table")).to_contain_text(f"{created:%Y-%m-%d %H:%M:%S}+09:00")
    context.close()
