"""Text from anywhere stays text wherever it is put."""

import ast
import re

import pytest
from wicked import WICKED

from playground.text.quoting import in_code_span, in_docstring, on_a_line

EACH = pytest.mark.parametrize("text", WICKED.values(), ids=WICKED.keys())


@EACH
@pytest.mark.parametrize("around", ['"""a {} b"""', '"""{}"""', '"{}"'])
def test_a_docstring_has_it_as_its_value(text: str, around: str) -> None:
    written = around.replace("{}", in_docstring(text))
    assert ast.literal_eval(written) == ast.literal_eval(around).replace("{}", text)
    assert len(written.splitlines()) == 1


@EACH
def test_a_line_stays_one_and_can_be_written(text: str) -> None:
    line = on_a_line(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", line)


def test_what_can_be_read_stays_as_it_is() -> None:
    for text in ("Größe, 名前, שלום, 👩\u200d🔬", "a\\b 'c' \"d\"", "spaces\u00a0and\u202fothers"):
        assert on_a_line(text) == text


@pytest.mark.parametrize(
    ("text", "span"),
    [("a|b", "`a|b`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("a\nb", "`a\\nb`"), ("", "``")],
)
def test_a_code_span_ends_at_its_own_end(text: str, span: str) -> None:
    assert in_code_span(text) == span
