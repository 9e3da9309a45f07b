"""What a browser sends to a component or a widget: whatever it is, it is read or left aside."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.app.components.heard import heard
from playground.app.components.matrix import read_place
from playground.app.components.received import received, several, whole, word
from playground.app.components.strokes import Strokes, read_strokes
from playground.app.frame.draft_keeper import take_up
from playground.app.inside.trace import read_cell
from playground.app.runs.table import read_rows
from playground.app.shared.session import MOST_UNDO, Session
from playground.experiment.link import packed

APP = Path(__file__).resolve().parents[2] / "playground" / "app"

NESTED: object = []
for _ in range(100_000):
    NESTED = [NESTED]

HOSTILE = (
    None, [], {}, "", "x", "\x00", "\ud800", -1, 10, 10**30, -(10**5000), 0.5, 3.0, float("nan"), float("inf"),
    True, [None],
    ["x"], [-1], [10], [10**30], [0.5], [float("nan")], [True], [0, 10], [-11, -11], [1, 2, 3], [[1], [2]],
    [{}], list(range(50_000)), [0] * 50_000, NESTED, {"a": [1]}, {"objects": 7}, {"raw": 1, "data": 2},
    {"selection": []}, {"selection": {"rows": ["x"]}}, {"selection": {"rows": [0, 99]}},
    {"points": 7}, {"points": [7]}, {"points": [{"customdata": "xy"}]}, {"points": [{"customdata": [0, 99]}]},
    {"points": [{"customdata": [-1, 0]}]}, {"drawing": []}, {"drawing": {"raw": [], "data": None}},
    {"drawing": {"raw": {"objects": [7]}, "data": None}}, {"drawing": {"raw": {"objects": NESTED}, "data": None}},
    {"drawing": {"raw": {"objects": [{"left": float("nan")}]}, "data": None}},
    {"drawing": {"raw": {"objects": [{"a": NESTED}]}, "data": None}},
    {"drawing": {"raw": {"objects": [{"path": "y" * 10_000_001}]}, "data": None}},
    {"drawing": {"raw": {"objects": []}, "data": "http://elsewhere.invalid/a.png"}},
    {"drawing": {"raw": {"objects": []}, "data": "data:image/png;base64," + "A" * 2_000_001}},
)  # fmt: skip


def png(width: int, height: int, kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (width, height)).save(file, kind)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_none_is_left_aside(value: object) -> None:
    assert whole(value, 10) is None
    assert read_place(value, 10) is None
    assert read_cell(value, 10) is None
    assert read_strokes(value) is None
    assert read_rows(value, 10) is None
    assert several(value, 2) == (() if value == [] else None)
    assert word(value, 1) == (value if value in ("x", "\x00", "\ud800") else None)


def test_what_is_there_is_read() -> None:
    assert [whole(each, 10) for each in (0, 9)] == [0, 9]
    assert several([2, 0, 1], 3) == (2, 0, 1)
    assert several([], 3) == ()
    assert word("abc", 3) == "abc"
    assert read_rows({"selection": {"rows": [2, 0], "columns": []}}, 3) == (2, 0)
    assert [read_place(each, 10) for each in ([0, 9], [None, 3], [3, None])] == [(0, 9), (None, 3), (3, None)]
    assert read_cell({"points": [{"customdata": [3, 4, 0.25]}]}, 10) == (3, 4)


@pytest.mark.parametrize(
    "address",
    [None, "", png(281, 280), png(40_000, 40), png(280, 280, "BMP"), png(280, 280)[:-40] + "!!",
     "data:image/png;base64,AAAA", png(280, 280)[:60]],
    ids=range(8),
)  # fmt: skip
def test_a_picture_of_another_size_or_kind_is_none(address: str | None) -> None:
    assert Strokes({"objects": []}, "", address).pixels(280) is None


def test_a_drawing_is_read() -> None:
    stroke = {"type": "Path", "path": [["M", 1, 2.5]], "stroke": "#FFFFFF"}
    drawn = read_strokes({"drawing": {"raw": {"objects": [stroke], "version": "6"}, "data": png(280, 280)}})
    assert drawn is not None
    assert (drawn.document, drawn.is_empty, len(drawn.fingerprint)) == ({"objects": [stroke]}, False, 64)
    pixels = drawn.pixels(280)
    assert pixels is not None
    assert (pixels.shape, pixels.dtype) == ((280, 280, 4), np.uint8)


@pytest.mark.parametrize("state", [None, 7, "x", [], {}, {"chosen": None}, {"chosen": "x"}, {"other": 3}])
def test_an_event_that_is_none_is_not_told(state: object, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[int]()
    changed = received("component", "chosen", lambda said: whole(said, 10), told.append)
    monkeypatch.setattr("streamlit.session_state", {"component": state})
    changed()
    assert told == []
    monkeypatch.setattr("streamlit.session_state", {"component": {"chosen": 3}})
    changed()
    assert told == [3]


def test_a_choice_that_is_not_offered_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[int]()
    changed = heard("epoch", 3, told.append, among=range(1, 4))
    for value in (0, -5, 4, 10**30, "x", None, 2):
        monkeypatch.setattr("streamlit.session_state", {"epoch": value})
        changed()
    assert told == [2]


@pytest.mark.parametrize("steps", [7, "ab", {"a": 1}, [7], [[1, 2, 3]], [[[], {}]], [["accurate", [[[[]]]]]]])
def test_a_kept_draft_that_is_none_changes_nothing(steps: object) -> None:
    tab = Session()
    take_up(tab, packed({"undo": steps, "now": ["accurate", 1], "redo": steps}))
    assert tab == Session(begun=tab.begun)


def test_a_kept_draft_has_no_more_steps_than_can_be_undone() -> None:
    tab = Session()
    step = ["quick", tab.draft]
    take_up(tab, packed({"undo": [step] * 80, "now": step, "redo": [step] * 80}))
    assert (len(tab.undo), len(tab.redo)) == (MOST_UNDO, MOST_UNDO)


SENDS = re.compile(r"set(?:Trigger|State)Value\b")


def test_every_component_reads_what_it_is_sent() -> None:
    """A component whose script sends something has it read by `received`, and nothing else looks at it."""
    modules = {file: file.read_text() for file in APP.rglob("*.py")}
    components = {file: text for file, text in modules.items() if "components.v2.component(" in text}
    assert len(components) >= 10
    sending = {file for file in components if SENDS.search(file.with_suffix(".js").read_text())}
    names = {file.stem for file in sending}
    assert names == {"draft_keeper", "gallery", "matrix", "scatter", "streams"}  # a new one: read what it sends
    assert {file for file in components if "received(" in components[file]} == sending
    for file, text in modules.items():
        by_hand = re.findall(r"st\.session_state\[[^\]]+\][.\[]", text)
        assert by_hand == [], file


def test_a_choice_of_segments_is_always_one_of_them() -> None:
    """Streamlit's own may be none, whatever is required of the browser."""
    by_hand = [file.stem for file in APP.rglob("*.py") if "st.segmented_control(" in file.read_text()]
    assert by_hand == ["one_of"]
