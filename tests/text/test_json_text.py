"""JSON that people wrote: read as it is meant, or refused in words that follow the file's name."""

import json

import pytest

from playground.text.json_text import MOST_BYTES, parse_file, parse_text

DOCUMENT = {"training": {"epochs": 1}, "ü": [0.5, True, None]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    assert parse_file(json.dumps(DOCUMENT, ensure_ascii=False).encode(encoding)) == DOCUMENT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a JSON document: it is empty"),
        (b"\xef\xbb\xbf \n", "is not a JSON document: it is empty"),
        (b'{"a": 1', "is not a JSON document: it is cut off in line 1, column 8"),
        (b'{\n"a": 1,}', "in line 2, column 8 stands '}'; the comma before the closing bracket has to go"),
        (b"[1, ]", "the comma before the closing bracket has to go"),
        (b"// mine\n{}", "in line 1, column 1 stands '// mine'; JSON has no comments: remove them"),
        (b"{'a': 1}", "in line 1, column 2 stands \"'a': 1}\"; texts stand in double quotation marks"),
        (b'{"a": True}', "in line 1, column 7 stands 'True}'; true is written small"),
        (b'{"a": .5}', "a number needs a digit before its point, as in 0.5"),
        (b"training:\n  epochs: 1\n", "in line 1, column 1 stands 'training:'; an experiment begins with \"{\""),
        (b'{"a": 1 "b": 2}', "in line 1, column 9 stands '\"b\": 2}' (Expecting ',' delimiter)"),
        (b'\n{"n\xfc": 1}', "it is no text in UTF-8: byte 0xfc in line 2 is none of it. Save it as UTF-8"),
        (b"PK\x03\x04\xff\xff", "it is a zip archive: unpack it"),
        (b"[" * 200_000, "it is nested too deeply"),
        (b" " * MOST_BYTES + b"{}", f"has more than {MOST_BYTES:,} bytes, which no experiment has"),
    ],
)
def test_what_is_none_is_told_with_place_and_remedy(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=r"^(is not a JSON document: |has more)") as raised:
        parse_file(content)
    assert said in str(raised.value)


def test_what_is_said_twice_is_never_dropped() -> None:
    with pytest.raises(ValueError, match=r"^names 'epochs' more than once, as 1 and 9. Leave one of them$"):
        parse_text('{"training": {"epochs": 1, "seed": 2, "epochs": 9}}')
