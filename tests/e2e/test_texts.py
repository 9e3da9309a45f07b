"""Whatever a person types or brings along is shown as text."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import Server
from texts import ELSEWHERE, HOSTILE
from walking import settled

from playground.text.sentences import one_line

MARKED_UP = (
    "a, img, h1, h2, h3, ul, ol, li, blockquote, table, pre, code, em, del, hr, br, input, .katex, [role=img], "
    ":is(.stMarkdownColoredText, .stMarkdownColoredBackground, .stMarkdownBadge), small"
)
OURS = "\u200b\u2068\u2069"  # what `literal` adds, which nobody sees


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, list[str]]]:
    """A page full of such texts, and the addresses that it asked for."""
    running = Server(tmp_path_factory.mktemp("texts"), script="tests/e2e/texts_app.py")
    page, asked = browser.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(running.url)
    settled(page)
    yield page, asked
    page.close()
    running.kill()


@pytest.mark.parametrize("place", ["body", "label", "among", "error", "info", "button", "expander", "popover",
                                   "progress", "metric", "radio", "segments", "page_link"])  # fmt: skip
def test_a_text_stands_there_as_it_was_typed(shown: tuple[Page, list[str]], place: str) -> None:
    page, _ = shown
    found = page.locator(f"[class*='st-key-{place}-']").evaluate_all(
        """(places, marks) => places.map((each) => {
          const number = [...each.classList].find((name) => name.startsWith("st-key-")).split("-").at(-1);
          const texts = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]";
          const inside = [...each.querySelectorAll(texts)];
          const bold = inside.flatMap((one) => [...one.querySelectorAll("strong")].map((b) => b.textContent));
          const marked = inside.reduce((sum, one) => sum + one.querySelectorAll(marks).length, 0);
          return [Number(number), each.textContent, marked, bold];
        })""",
        MARKED_UP,
    )
    assert len(found) == (len(HOSTILE) if place in ("body", "label", "among") else 4)
    for number, text, marked, bold in found:
        wanted = one_line(HOSTILE[number])
        seen = re.sub(f"[{OURS}]", "", text)
        assert seen.count(wanted) == (3 if place == "among" else 1), (wanted, seen)
        assert marked == (1 if place == "among" else 0), wanted  # the icon
        assert [re.sub(f"[{OURS}]", "", each) for each in bold] == ([wanted] if place == "among" else [])


def test_nothing_is_asked_of_another_host_and_no_script_runs(shown: tuple[Page, list[str]]) -> None:
    page, asked = shown
    page.locator(".st-key-help-1 [data-testid=stTooltipHoverTarget]").hover()
    expect(page.get_by_text(re.compile(r"!\[seen\]")).last).to_be_visible()
    assert not [address for address in asked if address.startswith(ELSEWHERE)]
    assert page.evaluate("window.broken") is None
    assert page.locator(".st-key-as-it-is a").count() == 1  # what it would be, were it Markdown
