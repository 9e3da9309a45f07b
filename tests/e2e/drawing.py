"""Drawing on the Predict page with the mouse, as a person does."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect
from walking import settled

Corners = Sequence[tuple[int, int]]

# In pixels of the canvas, which has 280 a side.
TROUSERS: Corners = [
    (95, 35), (185, 35), (190, 120), (197, 245), (160, 245), (141, 105), (122, 245), (85, 245), (90, 120),
    (95, 35),
]  # fmt: skip
T_SHIRT: Corners = [
    (105, 45), (125, 58), (155, 58), (175, 45), (205, 55), (245, 110), (212, 132), (195, 112), (195, 240),
    (85, 240), (85, 112), (68, 132), (35, 110), (75, 55), (105, 45),
]  # fmt: skip


def stroke(page: Page, corners: Corners, steps: int = 8) -> None:
    """One line with the mouse, from corner to corner."""
    canvas = page.locator(".st-key-canvas canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    x, y = box["x"], box["y"]
    page.mouse.move(x + corners[0][0], y + corners[0][1])
    page.mouse.down()
    for across, down in corners[1:]:
        page.mouse.move(x + across, y + down, steps=steps)
    page.mouse.up()


def answered(page: Page, name: str) -> str:
    """The class that the network names, of the picture of that name."""
    expect(page.locator(".st-key-seen")).to_contain_text(name)
    expect(page.locator(".st-key-answer h3")).to_have_count(2)  # the section's heading and the class
    settled(page)
    return page.locator(".st-key-answer h3").last.inner_text()


def empty_canvas(page: Page) -> None:
    """Press the bin."""
    page.locator(".st-key-canvas canvas").last.hover()
    page.get_by_role("button", name="Reset canvas & history").click()
    expect(page.locator(".st-key-seen")).to_contain_text("Draw a garment")
    settled(page)


strokes_on_canvas = """(() => {
  const find = root => [...root.querySelectorAll('*')].flatMap(
    each => [...(each.tagName === 'CANVAS' ? [each] : []), ...(each.shadowRoot ? find(each.shadowRoot) : [])]);
  return Math.max(0, ...find(document.querySelector('.st-key-canvas')).map(canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let white = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] > 200 && data[i + 3] > 200) white++;
    return white;
  }));
})()"""
"""JavaScript: how many pixels of the canvas are white."""
