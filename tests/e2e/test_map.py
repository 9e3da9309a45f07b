"""The map in a real browser: pointing at images with a lasso, a box and a click."""

import pytest
from playwright.sync_api import Page, expect
from walking import settled

CHART = ".st-key-map_chart .map-chart"
TILES = ".st-key-map_gallery .tile"


pytestmark = pytest.mark.usefixtures("run")


def opened(open_page) -> Page:
    page = open_page("map")
    page.set_viewport_size({"width": 1280, "height": 1400})  # all of the chart
    page.locator(f"{CHART} .gl-canvas").first.wait_for(state="attached")
    page.wait_for_function(f"document.querySelector('{CHART}').listens")
    settled(page)
    return page


def places(page: Page) -> dict[int, tuple[float, float]]:
    """Where each image's point is on the screen, by its number."""
    found = page.evaluate(
        """chart => {
          const node = document.querySelector(chart), { x, y, width, height } =
            node.querySelector(".nsewdrag").getBoundingClientRect();
          const { xaxis, yaxis } = node._fullLayout;
          return node._fullData.flatMap(trace => Array.from(trace.ids, (id, i) =>
            [id, x + xaxis.l2p(trace.x[i]), y + yaxis.l2p(trace.y[i])]));
        }""",
        CHART,
    )
    return {number: (x, y) for number, x, y in found}


def drag(page: Page, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()


Rectangle = tuple[float, float, float, float]


def middle(points: dict[int, tuple[float, float]]) -> Rectangle:
    """Left, top, right and bottom of a rectangle that has a good part of the points in it."""
    xs, ys = (sorted(each[axis] for each in points.values()) for axis in (0, 1))
    return tuple(round(values[int(share * len(values))]) for share in (0.3, 0.7) for values in (xs, ys))


def inside(points: dict[int, tuple[float, float]], rectangle: Rectangle, room: float) -> set[int]:
    left, top, right, bottom = rectangle
    return {
        number
        for number, (x, y) in points.items()
        if left - room <= x <= right + room and top - room <= y <= bottom + room
    }


def assert_chosen(page: Page, points: dict[int, tuple[float, float]], rectangle: Rectangle) -> set[int]:
    """Those in the rectangle stand out, and their images are below; the mouse is good to a pixel or two."""
    page.locator(TILES).first.wait_for()
    settled(page)
    page.wait_for_function("chart => document.querySelector(chart)._fullData[0].selectedpoints", arg=CHART)
    found = highlighted(page)
    assert inside(points, rectangle, -2) <= found <= inside(points, rectangle, 2)
    expect(page.get_by_text(f"{len(found):,} selected:")).to_be_visible()
    assert numbers(page) <= found
    assert len(numbers(page)) == min(60, len(found))
    return found


def highlighted(page: Page) -> set[int]:
    return set(
        page.evaluate(
            "chart => document.querySelector(chart)._fullData.flatMap(t => "
            "Array.from(t.selectedpoints ?? [], i => t.ids[i]))",
            CHART,
        )
    )


def numbers(page: Page) -> set[int]:
    """Of the images in the gallery."""
    return {int(text.rsplit("no. ", 1)[1]) for text in page.locator(TILES).all_inner_texts()}


def test_a_lasso_a_box_and_a_click_lead_to_the_images(open_page, run) -> None:
    page = opened(open_page)
    page.get_by_text("2,000", exact=True).first.click()
    expect(page.get_by_text("2,000 of 5,000 validation images")).to_be_visible()
    settled(page)
    page.wait_for_function(
        "chart => document.querySelector(chart)._fullData.reduce((sum, t) => sum + t.x.length, 0) === 2000",
        arg=CHART,
    )
    page.wait_for_timeout(500)
    points = places(page)
    assert sorted(points) == list(range(2000))

    rectangle = left, top, right, bottom = middle(points)
    assert len(inside(points, rectangle, -2)) > 100
    drag(page, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    chosen = assert_chosen(page, points, rectangle)

    page.get_by_text("right or wrong").click()  # a rerun and another figure: they are still chosen
    expect(page.get_by_text("wrong (")).to_be_visible()
    settled(page)
    assert highlighted(page) == chosen
    expect(page.get_by_text(f"{len(chosen):,} selected:")).to_be_visible()

    page.get_by_role("button", name="Clear").click()
    expect(page.locator(TILES)).to_have_count(0)
    page.wait_for_function("chart => !document.querySelector(chart)._fullData[0].selectedpoints", arg=CHART)

    page.locator(f"{CHART} [data-title='Box Select']").click()
    points = places(page)  # the legend is smaller
    rectangle = left, top, right, bottom = middle(points)
    drag(page, [(left, top), (right, bottom)])
    assert_chosen(page, points, rectangle)

    lonely = max(
        points, key=lambda each: min(_away(points[each], other) for n, other in points.items() if n != each)
    )
    page.mouse.move(*points[lonely])
    page.wait_for_timeout(300)
    expect(page.locator(f"{CHART} .hoverlayer")).to_contain_text(f"no. {lonely}")
    page.mouse.click(*points[lonely])
    expect(page.locator(".st-key-opened_image").first).to_contain_text(f"image no. {lonely}")
    expect(page.locator(f"{CHART} .annotation", has_text=f"no. {lonely}")).to_have_count(1)


def _away(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)


def test_the_epoch_moves_the_points_and_keeps_node_zoom_and_choice(open_page) -> None:
    page = opened(open_page)
    points = places(page)
    left, top, right, bottom = rectangle = middle(points)
    drag(page, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    chosen = assert_chosen(page, points, rectangle)
    page.evaluate("chart => { document.querySelector(chart).mark = 'the same'; }", CHART)
    page.locator(f"{CHART} [data-title='Zoom in']").click()
    page.wait_for_timeout(1000)
    ranges = (
        "chart => { const l = document.querySelector(chart)._fullLayout; return [l.xaxis.range, l.yaxis.range]; }"
    )
    before, zoomed = places(page), page.evaluate(ranges, CHART)
    page.get_by_role("slider", name="Epoch").press("ArrowLeft")
    expect(page.get_by_text("rotated to match epoch 3")).to_be_visible()
    page.wait_for_function(
        "chart => document.querySelector(chart)._fullLayout.title.text.endsWith('epoch 2')", arg=CHART
    )
    settled(page)
    assert page.evaluate("chart => document.querySelector(chart).mark", CHART) == "the same"
    assert page.evaluate(ranges, CHART) == zoomed
    assert places(page) != before
    assert highlighted(page) == chosen


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_can_be_saved(open_page, kind: str) -> None:
    page = opened(open_page)
    with page.expect_download() as saving:
        page.locator(".st-key-map_chart .saving").get_by_role("button", name=kind.upper()).click()
    content = saving.value.path().read_bytes()
    assert saving.value.suggested_filename.endswith(f"-epoch-3-pca.{kind}")
    assert content.startswith(b"\x89PNG" if kind == "png" else b"<svg")
    assert len(content) > 20_000  # points, not an empty frame
