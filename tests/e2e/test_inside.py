"""Inside in a real browser: a muted filter, a clicked value."""

import re

import pytest
from playwright.sync_api import Page, expect
from walking import settled

pytestmark = pytest.mark.usefixtures("run")


def go_to(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("radio", name=name, exact=True)).click()
    settled(page)


def accuracy(page: Page) -> str:
    return page.locator(".st-key-ablation_verdict [data-testid=stMetricValue]").first.inner_text()


def test_a_muted_filter_changes_the_accuracy_and_comes_back(open_page):
    page = open_page("inside")
    go_to(page, "Ablation")
    value = page.locator(".st-key-ablation_verdict [data-testid=stMetricValue]").first
    value.wait_for()
    whole = accuracy(page)
    pills = page.locator("[class*=st-key-ablation_][class*=_conv1]")
    for filter_number in range(6):
        pills.get_by_text(str(filter_number), exact=True).click()
        settled(page)
    expect(value).not_to_have_text(whole)
    expect(page.get_by_text("Muted: conv1: 0, 1")).to_be_visible()
    expect(page.locator(".st-key-ablation_verdict")).to_contain_text(re.compile(r"−|-\d+\.\d\d points"))
    page.get_by_role("button", name="Mute none").click()
    expect(value).to_have_text(whole)


def test_a_clicked_value_is_worked_out(open_page):
    page = open_page("inside")
    go_to(page, "One value")
    plot = page.locator(".st-key-inside_value_map .js-plotly-plot")
    plot.locator(".nsewdrag").wait_for(state="attached")
    settled(page)
    plot.locator(".nsewdrag").first.scroll_into_view_if_needed()
    box = plot.locator(".nsewdrag").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.26 * box["width"], box["y"] + 0.76 * box["height"])
    row = page.get_by_role("spinbutton", name="Row, 0 to 27")
    expect(row).not_to_have_value("14")
    settled(page)
    expect(page.get_by_text("9 products", exact=True)).to_be_visible()
    assert int(row.input_value()) > 14 > int(page.get_by_role("spinbutton", name="Column, 0 to 27").input_value())
