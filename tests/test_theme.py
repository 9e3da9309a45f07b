"""Text can be read in both themes: at least 4.5 to 1, as WCAG 2.2 asks (success criterion 1.4.3)."""

import tomllib
from pathlib import Path

import pytest
from contrast import contrast

THEMES = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text())["theme"]
CAPTION = 0.6  # Streamlit writes captions and faint icons in the text's colour at this opacity


def colours(name: str) -> dict[str, list[float]]:
    theme = {key: value for key, value in THEMES[name].items() if str(value).startswith("#")}
    return {key: [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)] for key, value in theme.items()}


def test_contrast_as_wcag_has_it():
    assert contrast([0, 0, 0], [1, 1, 1]) == pytest.approx(21)
    assert contrast([0x76 / 255] * 3, [1, 1, 1]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_captions_code_and_accent_can_be_read(name, ground):
    theme = colours(name)
    behind = theme[ground]
    caption = [
        CAPTION * text + (1 - CAPTION) * back for text, back in zip(theme["textColor"], behind, strict=True)
    ]
    for ink in (theme["textColor"], caption, theme["codeTextColor"], theme["primaryColor"]):
        assert contrast(ink, behind) >= 4.5


def test_white_letters_on_the_accent_can_be_read_where_they_are_written():
    """In the dark theme the main button has an outline instead."""
    assert contrast([1, 1, 1], colours("light")["primaryColor"]) >= 4.5
