"""The pinboard in a browser: pin a failure, read its stream, watch it grow, unpin and undo."""

import pytest
from playwright.sync_api import expect
from walking import settled

TILE, STREAM = ".st-key-pinboard .tile", ".st-key-pinboard .stream"


pytestmark = pytest.mark.usefixtures("run")


def test_a_pinned_failure_has_a_stream_that_can_be_read_grows_and_is_unpinned(open_page, server):
    page = open_page("failures")
    page.locator(".st-key-failures_grid .tile").first.click()
    page.get_by_role("button", name="Pin it").click()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()

    page.goto(server.url)
    settled(page)
    stream = page.locator(STREAM)
    expect(stream).to_have_attribute("aria-valuemax", "3")  # asked in the background, once torch is there
    expect(stream).to_have_attribute("aria-valuenow", "3")
    expect(page.locator(".st-key-pinboard .verdict")).to_contain_text("wrong: is ")
    assert page.locator(".st-key-pinboard svg path").count() >= 2
    stream.focus()
    page.keyboard.press("ArrowLeft")
    expect(stream).to_have_attribute("aria-valuenow", "2")
    said = page.locator(".st-key-pinboard .said")
    expect(said).to_contain_text("epoch 2: ")
    assert stream.get_attribute("aria-valuetext") == said.inner_text()
    stream.scroll_into_view_if_needed()
    stream.hover(position={"x": 5, "y": 30})
    expect(said).to_contain_text("epoch 1: ")
    expect(page.locator(".st-key-pinboard .at")).to_be_visible()
    page.get_by_role("heading", name="Pinboard").hover()
    expect(said).to_contain_text("epoch 3: ")

    page.get_by_role("button", name="Start training").click()
    expect(stream).to_have_attribute("aria-valuemax", "1")
    expect(page.locator(".st-key-pinboard .axis")).to_contain_text("4")  # as many epochs as are planned
    page.locator(TILE).evaluate("tile => { tile.marked = true; }")
    stream.focus()
    expect(stream).to_have_attribute("aria-valuemax", "2")
    assert page.locator(TILE).evaluate("tile => tile.marked"), "it is the same tile still"
    assert stream.evaluate("node => node.matches(':focus')"), "and has kept the focus"
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped")

    settled(page)
    page.get_by_role("button", name="Unpin ").click()
    expect(page.locator(TILE)).to_have_count(0)
    page.locator(".st-key-repin").get_by_role("button").click()
    expect(page.locator(TILE)).to_have_count(1)

    page.get_by_role("button", name="ask about it on Predict").click()
    expect(page.locator(".st-key-seen")).to_contain_text("Validation image no. ")
    expect(page.locator(".st-key-answer")).to_contain_text("It is: ")
