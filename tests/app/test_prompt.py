"""What the page relies on in streamlit-drawable-canvas."""

from importlib.metadata import files

from playground.app.components.prompt import SEND


def test_the_canvas_has_the_button_that_sends_at_once() -> None:
    (script,) = [each for each in files("streamlit-drawable-canvas") or () if each.match("index-*.js")]
    assert f'"{SEND}"' in script.read_text(encoding="utf-8")
