"""The draft in the sidebar, in a browser: while a run is trained, over a reload, and what is typed into it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from walking import ENDLESS, settled

from playground.experiment.link import to_word
from playground.experiment.presets import PRESETS

WHOLE = """link => {
  const copy = link.cloneNode(true);
  link.parentElement.append(copy);
  copy.querySelector("p").textContent = "as long as a name may be ".repeat(9);
  const isWhole = [copy, ...copy.querySelectorAll("*")].every(
    (each) => each.scrollWidth <= each.clientWidth + 1 || getComputedStyle(each).overflow === "visible");
  copy.remove();
  return isWhole;
}"""
"""Whether nothing of a link's words is cut off."""
REFRESHES = 2  # of the live panel: the browser has told the server all it knows as often


def number(page: Page, name: str) -> Locator:
    return page.locator(".st-key-experiment").get_by_role("spinbutton", name=name).first


def refusal(page: Page, name: str) -> Locator:
    box = number(page, name).locator("xpath=ancestor::*[@data-testid='stNumberInput']")
    return box.locator(".no-number")


def enter(field: Locator, text: str) -> None:
    """Type it as a person does, key by key."""
    field.click()
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially(text)
    field.press("Enter")


def load(page: Page, preset: str) -> str:
    """Choose a preset, and wait until its number of epochs is shown: that is returned."""
    epochs = str(PRESETS[preset].experiment.training.epochs)
    box = page.locator(".st-key-experiment").get_by_role("combobox", name="Preset")
    box.click()
    box.press_sequentially(preset)  # those far down the list are not there until they are looked for
    page.get_by_role("option", name=preset, exact=True).click()
    expect(number(page, "Epochs")).to_have_value(epochs)
    return epochs


def keeps_another(page: Page, before: str | None) -> str:
    """Wait until the browser keeps another draft than before, and return it."""
    kept = page.wait_for_function(
        "before => { const now = sessionStorage.getItem('draft'); return now !== before && now; }", arg=before
    )
    return str(kept.json_value())


def refreshed(page: Page, times: int = REFRESHES) -> None:
    """Wait until the live panel has drawn itself so often."""
    state = page.locator(".st-key-run_state")
    for _ in range(times):
        expect(state).not_to_have_text(state.inner_text(), use_inner_text=True)


def layers(page: Page) -> Locator:
    return page.locator("[class*=st-key-layer-]")


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped")


def test_what_is_changed_stays_while_a_run_is_trained(open_page: Callable[..., Page]):
    """In the tab that started it and in another one, after every kind of change that renews the widgets."""
    first = open_page(f"?experiment={to_word(ENDLESS)}")
    first.get_by_role("button", name="Start training").click()
    expect(first.locator(".st-key-run_state")).to_contain_text("running")
    assert first.locator(".st-key-live_status a").first.evaluate(WHOLE)
    for page, preset in ((first, "accurate"), (open_page(), "lenet-relu")):
        load(page, preset)
        refreshed(page, 1)
        enter(number(page, "Epochs"), "7")
        refreshed(page)
        expect(number(page, "Epochs")).to_have_value("7")
        before = layers(page).count()
        page.locator(".st-key-add-conv button").first.click()
        expect(layers(page)).to_have_count(before + 1)
        refreshed(page, 1)
        settled(page)  # the sidebar is drawn anew: what is typed into a field that goes is lost
        enter(number(page, "Epochs"), "8")
        refreshed(page)
        expect(number(page, "Epochs")).to_have_value("8")
        expect(layers(page)).to_have_count(before + 1)
        page.locator(".st-key-undo button").first.click()
        expect(number(page, "Epochs")).to_have_value("7")
        refreshed(page)
        expect(number(page, "Epochs")).to_have_value("7")
    stop(first)


def test_a_reload_keeps_the_draft_and_what_can_be_undone(open_page: Callable[..., Page]):
    page = open_page()
    epochs = load(page, "accurate")
    kept = keeps_another(page, None)
    enter(number(page, "Epochs"), "5")
    kept = keeps_another(page, kept)  # else a slow server takes both numbers for one step
    enter(number(page, "Batch size"), "96")
    keeps_another(page, kept)
    expect(page.locator(".st-key-undo button").first).to_be_enabled()
    settled(page)
    page.goto(page.url.split("?")[0].rstrip("/") + "/garments")
    settled(page)
    page.reload()
    settled(page)
    page.get_by_role("link", name="Train").first.click()
    expect(number(page, "Epochs")).to_have_value("5")
    expect(number(page, "Batch size")).to_have_value("96")
    undo = page.locator(".st-key-undo button").first
    undo.click()
    expect(number(page, "Batch size")).not_to_have_value("96")
    expect(number(page, "Epochs")).to_have_value("5")
    undo.click()
    expect(number(page, "Epochs")).to_have_value(epochs)
    page.locator(".st-key-redo button").first.click()
    expect(number(page, "Epochs")).to_have_value("5")


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("Learning rate", "0,005", "0.005"),
        ("Learning rate", ".001", "0.001"),
        ("Learning rate", "1e-3", "0.001"),
        ("Epochs", "1e2", "100"),
    ],
)
def test_a_number_is_read_as_it_was_typed(draft: Page, name: str, typed: str, shown: str):
    enter(number(draft, name), "0.02" if name == "Learning rate" else "9")
    settled(draft)
    enter(number(draft, name), typed)
    expect(number(draft, name)).to_have_value(shown)
    settled(draft)
    expect(number(draft, name)).to_have_value(shown)
    expect(refusal(draft, name)).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Learning rate", ""),
        ("Learning rate", "0.0.5"),
        ("Learning rate", "1e"),
        ("Learning rate", "5 %"),
        ("Epochs", "7,5"),
        ("Epochs", "1,000"),
        ("Epochs", "many"),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(draft: Page, name: str, typed: str):
    was = "0.02" if name == "Learning rate" else "9"
    enter(number(draft, name), was)
    settled(draft)
    enter(number(draft, name), typed)
    expect(refusal(draft, name)).to_contain_text(f"{was} stays")
    expect(number(draft, name)).to_have_value(was)
    number(draft, "Batch size").click()  # it says so until something is typed there
    expect(refusal(draft, name)).to_be_visible()


@pytest.fixture(scope="module")
def draft(context, server) -> Page:
    """A tab to type into, one for all."""
    page = context.new_page()
    page.goto(server.url)
    settled(page)
    yield page
    page.close()


def test_one_press_of_back_leads_to_where_one_was(open_page: Callable[..., Page], run: str, server):
    other = str(server.ask("train", "quick", "--set", "data.fraction=0.02", "--set", "training.epochs=2")["run"])
    page = open_page(f"?run={run}")
    page.get_by_role("link", name="Confusion").click()
    expect(page).to_have_url(re.compile(rf"/confusion\?run={run}&epoch=3"))
    settled(page)
    page.get_by_role("slider", name="Epoch").press("ArrowLeft")
    expect(page).to_have_url(re.compile(rf"/confusion\?run={run}&epoch=2"))
    settled(page)
    page.get_by_role("combobox", name="Run").click()
    page.get_by_role("option").first.click()  # the newest
    expect(page).to_have_url(re.compile(rf"/confusion\?run={other}"))
    settled(page)
    page.get_by_role("link", name="Failures").click()
    expect(page).to_have_url(re.compile(rf"/failures\?run={other}"))
    settled(page)

    page.go_back()
    expect(page).to_have_url(re.compile(rf"/confusion\?run={other}"))
    settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/confusion\?run={run}&epoch=2"))
    expect(page.get_by_role("slider", name="Epoch")).to_have_value("2")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("after 2 of 3 epochs")
    settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/confusion\?run={run}&epoch=3"))
    expect(page.get_by_role("slider", name="Epoch")).to_have_value("3")
    settled(page)
    page.go_back()
    page.get_by_role("heading", name="Train", exact=True).wait_for()
    expect(page).to_have_url(re.compile(rf"/\?run={run}$"))


def test_start_shuts_the_drawer_of_a_phone(open_page: Callable[..., Page]):
    page = open_page(width=390)
    page.get_by_test_id("stExpandSidebarButton").click()
    start = page.get_by_role("button", name="Start training")
    start.click()
    expect(page.locator(".st-key-run_state")).to_be_in_viewport()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    stop(page)
