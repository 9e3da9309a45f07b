"""Garments of one's own in a browser: drawn with the mouse, uploaded, traced, and still there on coming back."""

from pathlib import Path

from drawing import T_SHIRT, TROUSERS, answered, empty_canvas, stroke, strokes_on_canvas
from playwright.sync_api import Page, expect
from walking import go_to, settled

BAG = Path(__file__).resolve().parents[1] / "icons" / "game-icons--beach-bag.png"


def test_trousers_a_t_shirt_and_a_bag_are_read(open_page) -> None:
    page = predict(open_page)
    stroke(page, TROUSERS)
    assert answered(page, "Your drawing") == "Trouser"
    empty_canvas(page)
    stroke(page, T_SHIRT)
    assert answered(page, "Your drawing") == "T-shirt/top"

    shown = bars(page)
    go_to(page, "Garments")
    go_to(page, "Predict")
    assert answered(page, "Your drawing") == "T-shirt/top"
    assert bars(page) == shown
    page.wait_for_function(f"{strokes_on_canvas} > 2000")

    page.locator("input[type=file]").set_input_files(BAG)
    assert answered(page, BAG.name) == "Bag"


def test_a_template_is_seen_by_the_person_alone(open_page) -> None:
    plain, traced = predict(open_page), predict(open_page)
    choose(traced, "Dress")
    for page in (plain, traced):
        stroke(page, TROUSERS)
        answered(page, "Your drawing")
    assert bars(plain) == bars(traced)

    for name in ("Bag", "none"):  # the strokes stay, and so does the answer
        choose(traced, name)
        traced.wait_for_function(f"{strokes_on_canvas} > 2000")
        assert bars(traced) == bars(plain)
    choose(traced, "Bag")
    go_to(traced, "Garments")
    go_to(traced, "Predict")
    expect(traced.locator(".st-key-canvas_template").get_by_role("combobox")).to_have_value("Bag")
    traced.wait_for_function(f"{strokes_on_canvas} > 2000")
    line = [(60, 200), (220, 200)]
    for page in (plain, traced):
        before = bars(page)
        stroke(page, line)
        expect(page.locator(".st-key-answer .main-svg").first).not_to_have_text(before)
        settled(page)
    assert bars(plain) == bars(traced)


def predict(open_page) -> Page:
    page = open_page("predict")
    page.locator(".st-key-canvas canvas").last.wait_for()
    expect(page.locator("[data-testid=stProgress]")).to_have_count(0)  # images are fetched: nothing moves any more
    settled(page)
    return page


def choose(page: Page, template: str) -> None:
    page.locator(".st-key-canvas_template").get_by_role("combobox").click()
    page.get_by_role("option", name=template, exact=True).click()
    settled(page)


def bars(page: Page) -> str:
    """The texts of the ten bars."""
    settled(page)
    found = page.locator(".st-key-answer .main-svg").first
    expect(found).to_contain_text("%")
    return found.text_content() or ""
