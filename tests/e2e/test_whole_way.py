"""A person's whole way: train, watch, stop, inspect, draw, upload, come back."""

import io
import re

import pytest
from drawing import stroke, strokes_on_canvas
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from walking import go_to, settled

pytestmark = pytest.mark.full_data
CELL = ".st-key-confusion_chart .matrix td button"


def points(page: Page, chart: str) -> int:
    """Batches drawn in a live chart."""
    return page.evaluate(
        "name => document.querySelector(`.st-key-${name} .js-plotly-plot`)?.data?.[0]?.x?.length ?? 0", chart
    )


def wait_for_points(page: Page, chart: str, more_than: int) -> int:
    page.wait_for_function(
        """([name, n]) =>
            (document.querySelector(`.st-key-${name} .js-plotly-plot`)?.data?.[0]?.x?.length ?? 0) > n""",
        arg=[chart, more_than],
    )
    return points(page, chart)


def shirt() -> bytes:
    picture = Image.new("RGB", (400, 400), (240, 238, 230))
    draw = ImageDraw.Draw(picture)
    sleeves = [(150, 80), (250, 80), (350, 150), (320, 200), (270, 170), (270, 340), (130, 340), (130, 170)]
    draw.polygon([*sleeves, (80, 200), (50, 150)], fill=(60, 70, 120))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_the_whole_way_on_the_real_data(open_page, server):
    page = open_page()
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled()
    page.locator(".st-key-network .js-plotly-plot").wait_for(state="attached")
    assert server.ask("data")["train"] == 60_000

    start.click()
    first = wait_for_points(page, "loss_chart", 3)
    assert wait_for_points(page, "loss_chart", first) > first
    wait_for_points(page, "accuracy_chart", first)
    expect(page.locator(".st-key-run_state")).to_contain_text("running")
    expect(page.locator(".st-key-run_state")).to_contain_text("55,000 training images")
    expect(page).to_have_url(re.compile(r"run=\d{8}-\d{6}-[0-9a-f]{4}"))
    address = page.url

    other = open_page(address.split("/")[-1])  # a second tab sees the same run
    expect(other.locator(".st-key-run_state")).to_contain_text("running")

    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped")
    page.get_by_text("Test accuracy").wait_for()

    go_to(page, "Confusion")
    page.locator(CELL).first.wait_for()
    page.locator(".st-key-class_table").wait_for(state="attached")
    assert sum(int(cell or 0) for cell in page.locator(CELL).all_text_contents()) == 5_000

    go_to(page, "Failures")
    page.locator(".st-key-failures_grid .tile").first.wait_for()
    assert page.locator(".st-key-failures_grid .tile").count() == 60
    assert page.locator(".st-key-failures_grid .tile").first.inner_text().startswith("said ")

    go_to(page, "Predict")
    page.locator(".st-key-canvas canvas").last.wait_for()
    stroke(page, [(100, 40), (100, 240), (125, 240), (138, 90), (152, 240), (178, 240), (178, 40), (100, 40)])
    answer = page.locator(".st-key-answer")
    expect(answer.locator("h3")).to_have_count(2)  # the section's heading and the class
    expect(page.locator(".st-key-seen")).to_contain_text("Your drawing")

    page.locator("input[type=file]").set_input_files(
        [{"name": "shirt.png", "mimeType": "image/png", "buffer": shirt()}]
    )
    expect(page.locator(".st-key-seen")).to_contain_text("shirt.png")
    expect(answer).to_contain_text("sure, says")
    page.get_by_role("button", name="Use this picture").click()
    expect(page.locator(".st-key-seen")).to_contain_text("shirt.png")

    page.goto(address)
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped")
    page.reload()
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped")
    assert points(page, "loss_chart") or wait_for_points(page, "loss_chart", 3)


@pytest.mark.slow
def test_the_drawing_survives_leaving_the_page(open_page):
    page = open_page("predict")
    page.locator(".st-key-canvas canvas").last.wait_for()
    settled(page)  # PyTorch is there: the page is not drawn a second time
    stroke(page, [(60, 60), (220, 60), (220, 220), (60, 220), (60, 60)])
    expect(page.locator(".st-key-seen")).to_contain_text("Your drawing")
    go_to(page, "Garments")
    go_to(page, "Predict")
    page.locator(".st-key-canvas canvas").last.wait_for()
    page.wait_for_function(f"{strokes_on_canvas} > 1000")


def test_a_killed_server_comes_back_with_every_finished_run(open_page, server):
    page = open_page()
    page.locator(".st-key-network .js-plotly-plot").wait_for(state="attached")
    before = server.ask("runs")["runs"]
    assert before, "the whole way left a run"
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".st-key-run_state")).to_contain_text("running")
    wait_for_points(page, "loss_chart", 1)
    page.close()
    server.kill()
    server.restart()
    after = server.ask("runs")["runs"]
    assert [run for run in after if run["run"] in {r["run"] for r in before}] == before
    assert after[-1]["state"] == "interrupted"
    again = open_page("confusion")
    again.locator(CELL).first.wait_for()
