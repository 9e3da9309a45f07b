"""Rows of text: read as the csv module reads them, and what is wrong with them said in a sentence."""

import csv
import io
import random

import numpy as np
import numpy.typing as npt
import pytest

from playground.data.csv_rows import COLUMNS, check_header, parse_rows
from playground.errors import DataError

HEADER = ",".join(COLUMNS).encode() + b"\n"


def some_rows(count: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    rows = np.random.default_rng(seed).integers(0, 256, (count, 785), np.uint8)
    rows[:, 0] %= 10
    rows[:, 1:400] *= rows[:, 1:400] > 200  # mostly background, as the real ones
    return rows


def text_of(rows: npt.NDArray[np.uint8]) -> bytes:
    return b"".join(b",".join(str(value).encode() for value in row) + b"\n" for row in rows.tolist())


def read_slowly(text: bytes) -> list[list[int]] | None:
    """Read rows with the standard library; None where they are not what they should be."""
    rows = list(csv.reader(io.StringIO(text.decode("latin-1"), newline=""), quoting=csv.QUOTE_NONE, strict=True))
    right = all(len(row) == 785 and all(v.isascii() and v.isdigit() and len(v) <= 3 for v in row) for row in rows)
    numbers = [[int(value) for value in row] for row in rows] if right and b"\r" not in text else []
    return numbers if numbers and all(row[0] <= 9 and max(row) <= 255 for row in numbers) else None


class TestRows:
    def test_they_are_read_as_the_csv_module_reads_them(self) -> None:
        rows = some_rows(50)
        read = parse_rows(text_of(rows), 2, "some.csv")
        assert read.dtype == np.uint8
        assert read.tolist() == rows.tolist() == read_slowly(text_of(rows))

    def test_the_last_line_needs_no_end(self) -> None:
        rows = some_rows(3)
        assert parse_rows(text_of(rows).removesuffix(b"\n"), 2, "some.csv").tolist() == rows.tolist()

    def test_a_row_of_shortest_and_of_longest_values(self) -> None:
        assert not parse_rows(b",".join([b"0"] * 785), 2, "some.csv").any()
        assert (parse_rows(b"009," + b",".join([b"255"] * 784), 2, "some.csv")[0, 1:] == 255).all()

    WRONG = (
        ("pixel too large", 3, 700, b"256", "line 4: pixel700 is '256', not a whole number from 0 to 255."),
        ("much too large", 3, 784, b"1000", "line 4: pixel784 is '1000'"),
        ("label too large", 2, 0, b"10", "line 3: label is '10', not a whole number from 0 to 9."),
        ("negative", 2, 5, b"-1", "line 3: pixel5 is '-1'"),
        ("fraction", 2, 5, b"1.0", "line 3: pixel5 is '1.0'"),
        ("word", 4, 5, b"nan", "line 5: pixel5 is 'nan'"),
        ("space", 2, 5, b" 7", "line 3: pixel5 is ' 7'"),
        ("nothing", 2, 784, b"", "line 3: pixel784 is ''"),
        ("no byte of text", 2, 1, b"\x00\xff", r"line 3: pixel1 is '\x00\\xff'"),
        ("very long", 2, 1, b"1" * 500, "pixel1 is '111111111111111111111111'..., not"),
        ("line missing a value", 3, 9, None, "line 4: not 785 values but 784; it begins with '"),
        ("line with one more", 3, 9, b"1,2", "line 4: not 785 values but 786"),
        ("semicolons", 3, 9, b"1;2", "line 4: pixel9 is '1;2'"),
        ("line broken", 3, 9, b"1\n2", "line 4: not 785 values but 10"),
    )

    @pytest.mark.parametrize(("row", "column", "value", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
    def test_what_is_wrong_is_said(self, row: int, column: int, value: bytes | None, said: str) -> None:
        lines = [line.split(b",") for line in text_of(some_rows(5)).splitlines()]
        lines[row - 1][column : column + 1] = [] if value is None else [value]
        with pytest.raises(DataError) as raised:
            parse_rows(b"\n".join(b",".join(line) for line in lines) + b"\n", 2, "some.csv")
        assert str(raised.value).startswith("some.csv, line ")
        assert said in str(raised.value)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (text_of(some_rows(3))[:-1500], "; the file is cut off there."),
            (text_of(some_rows(2)) + b"\n" + text_of(some_rows(1)), "line 4: the line is empty"),
            (text_of(some_rows(2)) + b"\n", "line 4: the line is empty"),
            (text_of(some_rows(2)) + HEADER, "line 4: label is 'label'"),
            (bytes(range(256)) * 40, r"line 2: not 785 values but 1; it begins with '\x00\x01"),
            (b"," * 784, "line 2: label is ''"),
        ],
        ids=["cut off", "empty line", "empty at the end", "header again", "rubbish", "only commas"],
    )
    def test_so_are_lines_that_are_wrong(self, text: bytes, said: str) -> None:
        with pytest.raises(DataError) as raised:
            parse_rows(text, 2, "some.csv")
        assert said in str(raised.value)

    def test_any_damage_is_refused_or_changes_nothing_else(self) -> None:
        whole, draw = text_of(some_rows(3)), random.Random(0)
        refused = 0
        for _ in range(400):
            at, byte = draw.randrange(len(whole)), bytes([draw.choice(b'0123456789,,\n\r -.+"e;\x00\xff')])
            text = whole[:at] + draw.choice([byte, b"", byte + whole[at : at + 1]]) + whole[at + 1 :]
            expected = read_slowly(text)
            if expected is None:
                refused += 1
                with pytest.raises(DataError, match="line"):
                    parse_rows(text, 2, "some.csv")
            else:
                assert parse_rows(text, 2, "some.csv").tolist() == expected
        assert 100 < refused < 380


class TestHeader:
    def test_the_right_one(self) -> None:
        check_header(HEADER, "some.csv")
        check_header(HEADER.removesuffix(b"\n"), "some.csv")

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (b"", "some.csv is empty."),
            (b"\n", "some.csv: column 1 of its header is '', not 'label'."),
            (text_of(some_rows(1)), "some.csv has no header: its first line has to be label,pixel1"),
            (HEADER.replace(b"pixel17,", b"pixel71,"), "column 18 of its header is 'pixel71', not 'pixel17'."),
            (HEADER.replace(b",pixel784", b""), "its header ends after 784 of 785 columns."),
            (HEADER.replace(b"4\n", b"4,extra\n"), "its header goes on after 785 columns with 'extra'."),
            (b"," + HEADER, "column 1 of its header is '', not 'label'."),
            (HEADER.replace(b",", b";"), "column 1 of its header is 'label;pixel1;pixel2;pixe'..., not 'label'."),
            (b"<!DOCTYPE html>\n", "column 1 of its header is '<!DOCTYPE html>', not 'label'."),
            (b"PK\x03\x04\xff\n", r"column 1 of its header is 'PK\x03\x04\\xff', not 'label'."),
        ],
    )
    def test_what_is_wrong_is_said(self, line: bytes, said: str) -> None:
        with pytest.raises(DataError) as raised:
            check_header(line, "some.csv")
        assert said in str(raised.value)
