"""Tables as files."""

import csv
import io

from playground.app.components.saving import csv_text


def test_a_table_is_read_back_as_it_was() -> None:
    rows = [("T-shirt/top", 1, 0.5), ('with "quotes", and a comma', 2, "")]
    text = csv_text(("name", "n", "share"), rows)
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "n", "share"], ["T-shirt/top", "1", "0.5"], ['with "quotes", and a comma', "2", ""]
    ]  # fmt: skip
