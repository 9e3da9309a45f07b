"""Every page of the app with names, notes and files that mean something to Markdown and HTML."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hostile import garment
from playwright.sync_api import Browser, expect
from records import BEGINNING
from serving import ROOT, Server
from walking import settled, watch

from playground.analysis.pins import Pins
from playground.app.shared.navigation import PAGES

LINK = "[zq](http://zq.invalid) ![zq](http://zq.invalid/p.png) # **zq**"
TAGS = "<h1>zq</h1><img src=http://zq.invalid/p.png onerror=alert(1)><a href=x>zq</a>"

MADE = """() => {
  const within = (root) => [...root.querySelectorAll("*")].flatMap((each) => [
    each, ...(each.shadowRoot ? within(each.shadowRoot) : []),
  ]);
  const tags = ["A", "IMG", "H1", "H2", "H3", "SCRIPT", "IFRAME"];
  const says = (each) => (each.tagName === "IMG" ? each.src : each.outerHTML);  // an image may be described so
  return within(document.body)
    .filter((each) => tags.includes(each.tagName.toUpperCase()) && says(each).includes("zq"))
    .map((each) => each.outerHTML.slice(0, 300));
}"""
"""What was made of a text, in components of our own, too."""


@pytest.fixture(scope="module")
def bad_server(tmp_path_factory: pytest.TempPathFactory, full_set: Path) -> Iterator[Server]:
    """A home in which a run, its note and a pin are called so."""
    home = tmp_path_factory.mktemp("texts-on-pages") / "playground"
    (example,) = (ROOT / "playground" / "assets" / "example").glob("**/run.json")
    for number, name in enumerate((LINK, TAGS)):
        folder = home / "runs" / f"20260101-00000{number}-0000"
        shutil.copytree(example.parent, folder)
        record = json.loads(example.read_text())
        (folder / "run.json").write_text(json.dumps(record | {"run": folder.name, "name": name, "message": name}))
        (folder / "about.json").write_text(json.dumps({"note": name}))
    image = np.zeros((28, 28), np.uint8)
    image[4:20, 5:18] = 200
    Pins(home, lambda: BEGINNING).pin(image, LINK)
    running = Server(home, images=full_set)
    yield running
    running.kill()


def test_no_page_makes_anything_of_a_text(browser: Browser, bad_server: Server) -> None:
    faults, seen, file = list[str](), dict[str, bool](), io.BytesIO()
    garment().save(file, "PNG")
    upload = {"name": f"{TAGS[:12]}.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page = browser.new_page(color_scheme="light")
    page.set_default_timeout(120_000)
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    watch(page, bad_server.url, faults)
    for entry in PAGES:
        name = entry.name
        page.goto(f"{bad_server.url}/{'' if entry.default else name}?run=20260101-00000{len(seen) % 2}-0000")
        settled(page)
        expect(page.get_by_text("PyTorch is being loaded")).to_have_count(0)
        if name == "predict":
            page.locator(".st-key-upload input[type=file]").first.set_input_files(upload)
            expect(page.locator(".st-key-seen").get_by_text("zq")).not_to_have_count(0)
            settled(page)
        assert page.evaluate(MADE) == [], name
        seen[name] = "zq" in page.locator("body").inner_text()
    assert seen["train"]  # they are there, and were looked at
    assert seen["predict"]
    assert faults == []
    page.close()
