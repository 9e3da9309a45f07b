"""Every page with names, notes and messages that mean something to Markdown and HTML: all of it is text."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from opened import opened
from records import BEGINNING
from streamlit.testing.v1 import AppTest

from playground.analysis.pins import Pins
from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, INSIDE, LABELS, PAGES, TRAIN, PageEntry

BAD = "**[zq](http://zq.invalid)** <a href=x>zq</a> ![zq](http://zq.invalid)"
MARKDOWN = re.compile(r"(?<!\\)\[zq|(?<!\\)\*\*\\?\[zq|(?<!\\)<a href|http://zq")
HTML = re.compile(r"<a href")
PLAIN = {
    ("TextInput", "default"), ("TextInput", "value"), ("TextArea", "default"), ("TextArea", "value"),
    ("Selectbox", "options"), ("Selectbox", "raw_value"), ("MultiSelect", "options"), ("ImageList", "imgs"),
    ("Arrow", "data"), ("Arrow", "columns"), ("ArrowData", "data"), ("PlotlyChart", "alt"),
    ("Code", "code_text"), ("BidiComponent", "json"), ("BidiComponent", "mixed"),
}  # fmt: skip
"""Fields that Streamlit shows as they are: tried in a browser. All others are taken to read Markdown."""


def texts(message: Any) -> Iterator[tuple[str, str, str]]:
    """All texts of a message that Streamlit sends, with the kind of thing and the field they are of."""
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING and not field.message_type:
            yield from ((message.DESCRIPTOR.name, field.name, each) for each in many if isinstance(each, str))
        elif field.type == field.TYPE_MESSAGE:
            for each in many:
                if hasattr(each, "ListFields"):
                    yield from texts(each)


def sent(test: AppTest) -> list[tuple[str, str, str]]:
    """All texts of the page."""
    protos = (getattr(node, "proto", None) for node in [*test.main, *test.sidebar])
    return [each for proto in protos if proto is not None for each in texts(proto)]


def misread(test: AppTest) -> list[tuple[str, str, str]]:
    """Texts on the page in which something of a person's would be read as more than text."""

    def wrong(kind: str, field: str, text: str) -> bool:
        if (kind, field) == ("PlotlyChart", "spec"):
            return bool(HTML.search(text))
        return (kind, field) not in PLAIN and bool(MARKDOWN.search(text))

    return [each for each in sent(test) if wrong(*each)]


@pytest.fixture
def bad_home(home: Path, trained_home: Path) -> Path:
    """A home whose every text is one that somebody might want to be read otherwise."""
    shutil.copytree(trained_home / "runs", home / "runs")
    (folder,) = (home / "runs").iterdir()
    record = json.loads((folder / "run.json").read_text())
    record |= {"name": BAD, "device": BAD, "message": BAD}
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "about.json").write_text(json.dumps({"note": BAD}))
    for number, changes in enumerate(({"state": "interrupted"}, {"parent": record["run"], "parent_epoch": 1})):
        other = home / "runs" / f"20200101-00000{number}-0000"
        shutil.copytree(folder, other)
        (other / "run.json").write_text(json.dumps(record | {"run": other.name} | changes))
    damaged = home / "runs" / "20200101-000009-0000"
    damaged.mkdir()
    (damaged / "run.json").write_text(json.dumps({BAD: 1, "name": [BAD], "state": BAD}))
    image = np.zeros((28, 28), np.uint8)
    image[4:20, 5:18] = 200
    Pins(home, lambda: BEGINNING).pin(image, BAD)
    return home


@pytest.fixture
def bad_app(bad_home: Path) -> Iterator[AppTest]:
    yield from opened()


@pytest.mark.usefixtures("sample_only")
def test_no_page_reads_a_text_as_more_than_text(
    bad_app: AppTest, open_page: Callable[[AppTest, PageEntry], AppTest]
) -> None:
    (run,) = (
        each for each in lab().library.runs() if each.epochs and not each.parent and each.state.value == "done"
    )
    assert run.name == BAD
    seen = set[str]()
    for entry in PAGES:
        page = open_page(bad_app, entry)
        for box in page.sidebar.selectbox:
            if box.key == "picked_run":
                page = box.set_value(run.run).run()
        assert not page.exception
        assert misread(page) == [], entry.name
        seen |= {entry.name for *_, text in sent(page) if "zq" in text}
    assert seen >= {"train", "inside", "predict", "runs", "labels"}  # it is there, and was looked at


ASKED = (
    ("run", TRAIN), ("experiment", TRAIN), ("run", CONFUSION), ("epoch", CONFUSION), ("part", CONFUSION),
    ("section", INSIDE), ("look", LABELS),
)  # fmt: skip


@pytest.mark.usefixtures("sample_only")
@pytest.mark.parametrize("value", [BAD, "9" * 10**6, "\x00\u202e\ufffd", ""], ids=range(4))
def test_an_address_shows_nothing_but_text(trained_app: AppTest, value: str) -> None:
    for parameter, entry in ASKED:
        trained_app.query_params.clear()
        trained_app.query_params[parameter] = value
        page = trained_app.switch_page(entry.script).run()
        assert not page.exception, parameter
        assert misread(page) == [], parameter
        echoed = [each.value for kind in (page.warning, page.info) for each in kind if "9999" in each.value]
        assert all(len(each) < 300 for each in echoed), parameter
