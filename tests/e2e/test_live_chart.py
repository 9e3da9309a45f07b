"""The live chart keeps a person's zoom while data arrive."""

import pytest

pytestmark = pytest.mark.full_data

NODE = "document.querySelector('.st-key-loss_chart .js-plotly-plot')"


@pytest.mark.parametrize("updates", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_a_zoom_survives_updates(open_page, server, updates):
    server.ask("data")
    page = open_page()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_function(f"({NODE}?.data?.[0]?.x?.length ?? 0) > 5")
    page.evaluate(f"{NODE}.marked = true")
    box = page.locator(".st-key-loss_chart .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    ranges = f"[...{NODE}.layout.xaxis.range, ...{NODE}.layout.yaxis.range]"
    page.wait_for_function(f"{ranges}[0] > 0.1")
    zoomed = page.evaluate(ranges)

    length = page.evaluate(f"{NODE}.data[0].x.length")
    for _ in range(updates):  # that brought new batches
        page.wait_for_function(f"{NODE}.data[0].x.length > {length}")
        length = page.evaluate(f"{NODE}.data[0].x.length")
    assert page.evaluate(ranges) == pytest.approx(zoomed)
    assert page.evaluate(f"{NODE}.marked"), "it is the same node still"
    page.get_by_role("button", name="Stop").click()
