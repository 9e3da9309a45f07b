"""Every page at two widths in both themes: nothing wider than the screen. The pictures are for people's eyes."""

import re
from pathlib import Path

import pytest
from contrast import contrast
from playwright.sync_api import expect
from screens import LAST
from walking import settled

from playground.app.shared.navigation import PAGES

BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
"""Of the two themes, as .streamlit/config.toml has them: both are looked at in one tab."""
_COVERED = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap(chart => {
    const tools = chart.querySelector(".modebar")?.getBoundingClientRect();
    const boxes = [...chart.querySelectorAll(".gtitle, .nsewdrag")].map(each => each.getBoundingClientRect());
    const meets = (box) => box.left < tools.right && tools.left < box.right && box.top < tools.bottom
        && tools.top < box.bottom;
    return tools?.width && boxes.some(meets) ? [chart.querySelector(".gtitle")?.textContent] : [];
})"""
"""Titles of the charts whose tools lie over a title or over what is drawn."""

INKS = """() => {
    const all = [...document.querySelectorAll("button")];
    const start = all.find(each => each.innerText.includes("Start training"));
    const caption = document.querySelector("[data-testid=stSidebar] [data-testid=stCaptionContainer]");
    const paper = getComputedStyle(document.querySelector("[data-testid=stSidebar]")).backgroundColor;
    const ink = (each) => getComputedStyle(each.querySelector("p")).color;
    const opacity = Number(getComputedStyle(caption).opacity);
    return [[ink(start), getComputedStyle(start).backgroundColor, 1], [ink(caption), paper, opacity]];
}"""
"""Colour, ground and opacity of the main button's words and of a caption."""

pytestmark = pytest.mark.usefixtures("run")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_fits_its_screen(open_page, entry, width):
    page = open_page("" if entry.default else entry.name, width)
    page.get_by_role("heading", name=entry.title, exact=True).wait_for()
    page.locator(LAST[entry.name]).first.wait_for(state="attached")
    settled(page)
    SCREENSHOTS.mkdir(exist_ok=True)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 900), 2600)})
    for theme, ground in BACKGROUNDS.items():
        page.emulate_media(color_scheme=theme)
        expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", ground)
        settled(page)
        page.screenshot(path=SCREENSHOTS / f"{entry.name}-{width}-{theme}.png")
        wide, room = page.evaluate(
            "(main => [main.scrollWidth, main.clientWidth])(document.querySelector('[data-testid=stMain]'))"
        )
        assert wide <= room
    expect(page.locator("[data-title*=Share], [data-title*=Edit]")).to_have_count(0)  # another company's
    for other in (width, 1024, 1366, 1920) if width > 390 else (width,):
        page.set_viewport_size({"width": other, "height": 900})
        page.wait_for_function(f"() => ({_COVERED})().length === 0")


def test_the_main_button_and_captions_can_be_read(open_page):
    page = open_page("", 1366)
    for theme, ground in BACKGROUNDS.items():
        page.emulate_media(color_scheme=theme)
        page.reload()
        expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", ground)
        page.get_by_role("button", name="Start training").wait_for()
        settled(page)
        for ink, paper, opacity in page.evaluate(INKS):
            front, behind = (
                [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]] for colour in (ink, paper)
            )
            mixed = [opacity * one + (1 - opacity) * other for one, other in zip(front, behind, strict=True)]
            assert contrast(mixed, behind) >= 4.5, (theme, ink, paper, opacity)
